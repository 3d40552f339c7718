// Signing of many papers, make-believe: a batch moves on with the clock, two of its papers fail.
const PER_SECOND = 12;
const KINDS = [["SPM", "Surat Perintah Membayar"], ["SK", "Surat Keputusan"], ["SE", "Surat Edaran"]];
const NAMES = ["Joko", "Siti", "Budi", "Rina", "Agus", "Dewi"];

/** Ticked papers that wait for a signature. */
export const ticked = (count, paper, at) =>
  Array.from({ length: count }, (_, i) => {
    const [code, name] = KINDS[i % 7 ? (i % 3 ? 1 : 0) : 2];
    return paper(`b${i}`, code, "Badan Contoh Kepegawaian dan Pengembangan Sumber Daya Manusia", `Kenaikan pangkat a.n. ${NAMES[i % 6]} Contoh ${i + 1}`, 30 + i, "sign", {
      type_name: name, number: `823.3/${String(i + 42).padStart(4, "0")}/BKPSDM/2026`, ticked_at: at, state: "ticked",
    });
  });

export function bulk({ state, papers, find, refuse, inHours, sha, capacity }) {
  const batches = [];
  const problem = (code, params, detail) => ({ code, params, detail });
  const stands = () => {
    const down = state.scene === "vault-down" ? problem("certificates/time-stamp-unavailable", {}, "") : null;
    const old = state.scene === "expired" ? problem("signing/certificate-expired", {}, "") : null;
    return { ready: !down && !old, problem: down ?? old, credential: { thumbprint: "c", issuer: "Otoritas Contoh", not_after: inHours(9000) }, provider: "local", level: "B-LT", tries_left: state.scene === "tries" ? 2 : 5, code_wait_until: null };
  };
  const item = (paper, i) => {
    const replaced = i === 3 ? problem("routing/version-replaced", { at: inHours(-1), when: "", ordinal: 3 }, "") : null;
    return { step_id: paper.step_id, document_id: paper.document_id, number: paper.number, subject: paper.subject, unit_name: paper.unit_name, type_name: paper.type_name, mandate_id: "m1", capacity, version_sha256: sha(paper.step_id), prepared_sha256: sha("p"), ready: !replaced, problem: replaced, ticked_at: paper.ticked_at };
  };
  const look = (batch) => {
    const limit = state.scene === "paused" && !batch.resumed ? Math.floor(batch.papers.length * 0.55) : batch.papers.length;
    const reached = Math.min(limit, Math.floor(((Date.now() - batch.since) / 1000) * PER_SECOND) + batch.before);
    const items = batch.papers.map((paper, i) => {
      const failed = i < reached && (i === 7 || i === 22);
      const unknown = i < reached && i === 30 && state.scene === "unsure";
      const now = i < reached ? (failed ? "failed" : unknown ? "unknown" : "done") : i === reached && reached < limit ? "signing" : "waiting";
      const why = i === 7 ? problem("routing/version-replaced", { at: inHours(-0.2), when: "", ordinal: 3 }, "") : problem("signing/not-made", {}, "");
      if (now === "done") paper.state = "done";
      return { document_id: paper.document_id, step_id: paper.step_id, number: paper.number, subject: paper.subject, state: now, signed_at: now === "done" ? inHours(0) : null, problem: failed ? why : null };
    });
    const count = (...states) => items.filter((one) => states.includes(one.state)).length;
    const stuck = state.scene === "paused" && !batch.resumed && reached === limit;
    return { id: batch.id, state: reached === batch.papers.length ? "finished" : stuck ? "paused" : "running", total: items.length, done: count("done"), failed: count("failed"), unknown: count("unknown"), remaining: count("waiting", "signing"), created_at: batch.created, finished_at: null, problem: stuck ? problem("signing/interrupted", {}, "") : null, items };
  };
  const begin = (steps) => {
    batches.unshift({ id: `batch${batches.length + 1}`, papers: steps.map(find), since: Date.now(), before: 0, created: inHours(0), resumed: false });
    return batches[0];
  };
  return {
    routes: [
      ["POST /signing/preflights", ({ body }) => ({ ...stands(), items: body.steps.map(find).map(item) })],
      ["GET /signing/batches", () => ({ items: batches.map((batch) => ({ ...look(batch), items: undefined })), next_cursor: null })],
      ["GET /signing/batches/:id", ({ id }) => look(batches.find((batch) => batch.id === id) ?? refuse(404, "general/not-found"))],
    ],
    authorise(sad, batchId) {
      const { documents } = JSON.parse(Buffer.from(sad.split(".")[1], "base64url").toString());
      if (documents.length === 1 && !batchId) return null;
      let batch = batches.find((one) => one.id === batchId);
      if (batch) Object.assign(batch, { before: look(batch).total - look(batch).remaining, since: Date.now(), resumed: true });
      else batch = begin(documents.map((one) => one.step));
      return { attempts: [], batch: look(batch) };
    },
  };
}
