// The production build with a make-believe API, for working on screens without the backend:
//   npm run build && npm run dev      then http://localhost:5199, any user, any password, code 000000
// `?scene=empty|error|unsure|not-ready|first-time|late|new-device|suspended|several|paused|expired|tries|admin` on any address changes what the API answers, `?lang=en` the language,
// `?ticked=200` adds as many papers to be signed together.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { bulk, ticked } from "./bulk.mjs";
import { kinds } from "./kinds.mjs";
import { letter, letterText } from "./letter.mjs";

const DIST = new URL("../dist/", import.meta.url).pathname;
const PORT = Number(process.env.PORT ?? 5199);
const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css",
  ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json", ".wasm": "application/wasm",
};
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
  "manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; " +
  "require-trusted-types-for 'script'; trusted-types centang";

const sha = (text) => createHash("sha256").update(text).digest("hex");
const inHours = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();
const PERSON = { id: "p1", name: "Dra. Hj. Ratna Contoh, M.Si.", nip: "197001011995032001", email: "ratna@contoh.example" };
const MANDATE = {
  id: "m1", kind: "plt", position_id: "j1", title: "Sekretaris Daerah", capacity: "Plt. Sekretaris Daerah",
  decree_number: "800/0007/2026", unit_id: "u1", unit_name: "Sekretariat Daerah Contoh", ends_at: "2026-12-31T16:59:59Z",
};

const paper = (step_id, type_code, unit_name, subject, hours, action, more = {}) => ({
  step_id, document_id: `d-${step_id}`, type_code, type_name: type_code, unit_name, subject,
  number: "300.2/0412/SETDA/2026", secrecy: "biasa", urgency: "biasa", due_at: hours === null ? null : inHours(hours),
  action, state: "open", opened: true, ticked_at: null, version_id: `v-${step_id}`, version_ordinal: 2, page_count: 3,
  mandate_id: "m1", capacity: MANDATE.capacity, lapsed: null, ...more,
});

const state = { scene: "", language: "id", device: null, session: null, confirmed: true, subscription: null, attempt: 0 };
const papers = [
  paper("s1", "SE", "Sekretariat Daerah Contoh", "Kesiapsiagaan menghadapi musim hujan", 3, "sign", { urgency: "amat-segera", opened: false }),
  paper("s2", "ST", "Dinas Contoh Pendidikan", "Penugasan 14 pegawai ke bimbingan teknis kearsipan", 5, "initial", { urgency: "segera" }),
  paper("s3", "SPM", "Badan Contoh Keuangan", "Belanja alat tulis triwulan IV", 6, "sign", { lapsed: { ordinal: 1, person_name: "Dra. Hj. Ratna Contoh, M.Si.", own: true, done: false, at: inHours(-0.5) } }),
  paper("s4", "UND", "Sekretariat DPRD Contoh", "Rapat paripurna pembahasan anggaran", 48, "sign", { ticked_at: inHours(-1), state: "ticked" }),
  paper("s5", "ND", "Bagian Contoh Hukum", "Telaahan staf tentang batas wilayah kelurahan", 72, "initial", { opened: false }),
];

const device = () => ({
  id: "dev1", name: "Android, Chrome", thumbprint: "t", enrolled_at: inHours(-400), last_used_at: inHours(0),
  may_sign_from: inHours(state.scene === "new-device" ? 20 : -376), revoked_at: null, lost_at: null, current: true,
});
const session = () => ({
  person: PERSON, username: "ratna", roles: [{ role: state.scene === "admin" ? "administrator" : "official", unit_id: null, unit_name: null }], mandates: state.scene === "several" ? [MANDATE, { ...MANDATE, id: "m2", kind: "definitif", title: "Asisten II", capacity: "Asisten II" }] : [MANDATE],
  csrf: "dev", expires_at: inHours(1), device: state.device && device(), totp_confirmed: state.confirmed, signing_suspended: state.scene === "suspended", language: state.language,
  agency: { name: "Pemerintah Kabupaten Contoh", short_name: "Kabupaten Contoh", zone: "WIB", logo_url: null }, unread: 2,
});
const page = (version, ordinal) => {
  const url = `/api/v1/versions/${version}/pages/${ordinal}/image`;
  const rendition = { url, type: "image/svg+xml", bytes: letter(ordinal).length, sha256: sha(letter(ordinal)) };
  return { ordinal, width: 595, height: 842, image: rendition, large: rendition };
};
const detail = (item) => ({
  ...item,
  version: { id: item.version_id, ordinal: item.version_ordinal, sha256: sha(item.step_id), page_count: 3, pages: [1, 2, 3].map((n) => page(item.version_id, n)) },
  tick: item.ticked_at ? { ticked_at: item.ticked_at, version_sha256: sha(item.step_id) } : null,
  mandates: [MANDATE],
  allowed: item.ticked_at ? [item.action, "return", "reject"] : ["tick", "return", "reject"],
});
const event = (kind, hours, more = {}) => ({
  id: randomUUID(), kind, at: inHours(hours), version_ordinal: 2, voided: false, person_name: PERSON.name,
  capacity: MANDATE.capacity, note: null, data: {}, ...more,
});
const BUDI = { person_name: "Ir. Budi Contoh, M.T.", capacity: "Asisten Contoh II" };
const SARI = { person_name: "Sari Contoh", capacity: "Staf sekretariat" };
const timeline = () => ({
  items: [
    event("queued", -70, { ...SARI, version_ordinal: 1, voided: true }),
    event("opened", -69, { ...BUDI, version_ordinal: 1, voided: true }),
    event("returned", -68.8, { ...BUDI, version_ordinal: 1, note: "Tanggal pada butir 2 keliru. Mestinya Rabu, bukan Selasa." }),
    event("queued", -3, SARI), event("initialled", -2, BUDI), event("opened", -1.2), event("ticked", -1, { data: { pages: 3 } }), event("signed", -0.9),
  ],
  steps: [
    { id: "a", ordinal: 1, action: "initial", state: "done", position_title: "Asisten Contoh II", holder_name: BUDI.person_name },
    { id: "b", ordinal: 2, action: "sign", state: "done", position_title: "Sekretaris Daerah", holder_name: PERSON.name },
  ],
});
const document = (id) => ({
  id, revision: 3, unit: { id: "u1", name: "Sekretariat Daerah Contoh", code: "SETDA" }, type: { code: "SE", name: "Surat Edaran" },
  subject: "Kesiapsiagaan menghadapi musim hujan", number: "300.2/0412/SETDA/2026", dated: "2026-11-23", classification: "300.2",
  secrecy: "biasa", urgency: "amat-segera", due_at: inHours(3), recipient: "", state: "signed", public_code: "7Q2MX4ZP9TRAK8WE3C5V",
  public_url: "/v/7Q2MX4ZP9TRAK8WE3C5V", version: { id: "v-s1", ordinal: 2, sha256: sha("s1"), page_count: 3 },
  created_by: { id: "p9", name: "Sari Contoh" }, created_at: inHours(-70), updated_at: inHours(-1), signed: true, validated: true,
});

class Refusal extends Error {
  constructor(status, code, params = {}) {
    super(code);
    Object.assign(this, { status, code, params });
  }
}
const find = (id) => papers.find((item) => item.step_id === id) ?? refuse(404, "general/not-found");
const refuse = (status, code, params) => {
  throw new Refusal(status, code, params);
};
const keys = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
const activation = { kid: "k1", jwk: await crypto.subtle.exportKey("jwk", keys.publicKey), expires_at: inHours(24) };

const many = bulk({ state, papers, find, refuse, inHours, sha, capacity: MANDATE.capacity });
const routes = [
  ...many.routes,
  ...kinds({ refuse }),
  ["POST /sign-in", ({ body }) => {
    if (body.password === "salah") refuse(401, "identity/wrong-credentials");
    if (!body.device && !body.code && !body.recovery_code && state.scene !== "first-time") refuse(401, "identity/code-required");
    if (body.code && body.code !== "000000") refuse(401, "identity/wrong-code");
    state.confirmed = state.scene !== "first-time";
    state.device = body.device ? device() : null;
    return (state.session = session());
  }],
  ["GET /session", () => session()],
  ["PATCH /session", ({ body }) => Object.assign(state, { language: body.language }) && session()],
  ["POST /session/refresh", () => session()],
  ["DELETE /session", () => void (state.session = state.device = null)],
  ["GET /sessions", () => ({ items: [{ id: "x", created_at: inHours(-4), last_seen_at: inHours(0), user_agent: "Chrome", device_name: "Android, Chrome", current: true }], next_cursor: null })],
  ["GET /devices", () => ({ items: [device(), { ...device(), id: "dev2", name: "Windows, Edge", current: false, may_sign_from: inHours(20) }], next_cursor: null })],
  ["POST /devices", () => (state.device = { ...device(), may_sign_from: inHours(24) })],
  ["POST /totp", () => ({ secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/Centang:ratna?secret=JBSWY3DPEHPK3PXP", qr_svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path d="M0 0h7v7h-7zM22 0h7v7h-7zM0 22h7v7h-7zM10 3h5v9h-5zM12 14h9v4h-9zM20 20h6v6h-6z"/></svg>' })],
  ["POST /totp/confirm", ({ body }) => {
    if (body.code !== "000000") refuse(422, "identity/wrong-code");
    state.confirmed = true;
    return { recovery_codes: Array.from({ length: 10 }, () => randomUUID().slice(0, 11).toUpperCase().replace("-", " ")) };
  }],
  ["GET /inbox", ({ query }) => {
    if (state.scene === "error") refuse(503, "general/unavailable");
    const waiting = state.scene === "empty" ? [] : papers.filter((item) => item.state !== "done");
    const items = query.get("ready") ? waiting.filter((item) => item.state === "ticked" && item.action === "sign") : waiting.slice(0, 60);
    return { items, next_cursor: null, total: items.length, unopened: items.filter((item) => !item.opened).length };
  }],
  ["GET /history", () => ({ items: papers.slice(0, 3).map((item, i) => ({ ...item, state: "done", outcome: ["signed", "initialled", "returned"][i], finished_at: inHours(-i * 20 - 1) })), next_cursor: null })],
  ["GET /notices", () => ({ items: [
    { id: "n1", kind: "your-turn", at: inHours(-1), read: false, title: state.language === "en" ? "A paper waits for you in Centang." : "Ada naskah menunggu Anda di Centang.", data: {}, subject: "Kesiapsiagaan menghadapi musim hujan", document_id: "d-s1", step_id: "s1" },
    { id: "n2", kind: "security", at: inHours(-30), read: true, title: state.language === "en" ? "Something about your keys or devices changed." : "Ada perubahan pada kunci atau perangkat Anda.", data: {}, subject: null, document_id: null, step_id: null }], next_cursor: null })],
  ["POST /notices/read", () => undefined],
  ["GET /push/key", () => ({ vapid_public_key: "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U" })],
  ["GET /credential", () => ({ state: state.scene === "first-time" ? "to-create" : "active", tries_left: 5, locked_until: null, may_create: state.scene === "first-time", certificate: state.scene === "first-time" ? null : {
    id: "c1", subject: PERSON.name, issuer: "Otoritas Penerbit Kabupaten Contoh", serial: "4a7f21c9", not_before: inHours(-2000), not_after: inHours(15000), thumbprint: "c" } })],
  ["POST /credential", () => ({ state: "active" })],
  ["GET /signing/activation-key", () => activation],
  ["POST /signing/authorisations", ({ body }) => {
    state.attempt += 1;
    if (state.attempt % 3 === 1 && state.scene !== "unsure") refuse(422, "signing/wrong-passphrase", { tries_left: 3 });
    const begun = many.authorise(body.sad, body.batch);
    if (begun) return begun;
    const item = find("s1");
    item.state = state.scene === "unsure" ? "unknown" : "done";
    return { attempts: [{ id: "a1", document_id: item.document_id, step_id: "s1", state: state.scene === "unsure" ? "unknown" : "finished", signed_at: inHours(0), problem: null }] };
  }],
  ["GET /signing/attempts/:id", () => ({ id: "a1", document_id: "d-s1", step_id: "s1", state: "unknown", signed_at: null, problem: null })],
  ["GET /steps/:id", ({ id }) => detail(find(id))],
  ["POST /steps/:id/opened", ({ id }) => void (find(id).opened = true)],
  ["POST /steps/:id/tick", ({ id }) => detail(Object.assign(find(id), { ticked_at: inHours(0), state: "ticked" }))],
  ["POST /steps/:id/initial", ({ id }) => void (find(id).state = "done")],
  ["POST /steps/:id/return", ({ id }) => void (find(id).state = "done")],
  ["POST /steps/:id/reject", ({ id }) => void (find(id).state = "done")],
  ["GET /steps/:id/signing", ({ id }) => ({
    ready: state.scene !== "not-ready", problem: state.scene === "not-ready" ? { code: "identity/device-waits", params: { may_sign_from: inHours(20) }, detail: "" } : null,
    document_id: `d-${id}`, version_sha256: sha(id), prepared_sha256: sha("p"), credential: { thumbprint: "c", issuer: "Otoritas Penerbit Kabupaten Contoh", not_after: inHours(9000) },
    provider: "local", level: "B-LT", mandate_id: "m1", capacity: MANDATE.capacity, decree_number: MANDATE.decree_number, ends_at: MANDATE.ends_at, tries_left: 5, code_wait_until: null })],
  ["GET /steps/:id/signing/appearance", ({ id }) => ({
    prepared_sha256: sha("p"), page: 1, page_width: 595, page_height: 842, place: { x: 330, y: 170, width: 212, height: 104 },
    image: state.scene === "late" ? null : { ...page(`v-${id}`, 1).image, type: "image/svg+xml" } })],
  ["GET /documents/:id/timeline", timeline],
  ["GET /documents/:id", ({ id }) => document(id)],
];

async function answer(request, response, url) {
  const path = url.pathname.slice("/api/v1".length);
  const image = /^\/versions\/[^/]+\/pages\/(\d+)\/(image|text)$/.exec(path);
  if (image?.[2] === "image") return void response.writeHead(200, { "Content-Type": "image/svg+xml" }).end(letter(Number(image[1])));
  const json = (status, value, type = "application/json") =>
    response.writeHead(value === undefined ? 204 : status, { "Content-Type": type }).end(value === undefined ? "" : JSON.stringify(value));
  if (image) return json(200, { text: letterText(Number(image[1])), boxes: [] });
  let raw = "";
  for await (const part of request) raw += part;
  try {
    for (const [rule, act] of routes) {
      const [method, pattern] = rule.split(" ");
      const match = new RegExp(`^${pattern.replace(":id", "([^/]+)")}$`).exec(path);
      if (method === request.method && match) return json(200, act({ query: url.searchParams, body: raw ? JSON.parse(raw) : {}, id: match[1] }));
    }
    refuse(404, "general/not-found");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, code, params } = error;
    json(status, { code, params, status, title: "", detail: "", request_id: "dev" }, "application/problem+json");
  }
}

createServer((request, response) => {
  const url = new URL(request.url, `http://localhost:${PORT}`);
  const scene = url.searchParams.get("scene");
  if (scene !== null) state.scene = scene;
  const count = Number(url.searchParams.get("ticked") ?? 0);
  if (count && !papers.some((item) => item.step_id === "b0")) papers.push(...ticked(count, paper, inHours(-1)));
  state.language = url.searchParams.get("lang") ?? state.language;
  if (url.pathname.startsWith("/api/")) return void answer(request, response, url);
  const wanted = join(DIST, url.pathname);
  const file = extname(url.pathname) && existsSync(wanted) ? wanted : join(DIST, "index.html");
  response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Security-Policy": CSP });
  response.end(readFileSync(file));
}).listen(PORT, () => console.log(`http://localhost:${PORT}`));
