// The agency's settings and its kinds of paper, as the administrator sets them.
const own = (code, name, more = {}) => ({
  code, name, active: true, sealed: false, level: "B-LT", number_template: null, block_order: null, print_nip: null,
  print_titles: null, foot: null, ...more,
});

export function kinds({ refuse }) {
  const agency = {
    name: "Pemerintah Kabupaten Contoh", short_name: "Kabupaten Contoh", city: "Contoh", zone: "WIB", logo_url: null,
    number_template: "{klasifikasi}/{urut:4}/{unit}/{tahun}", print_nip: true, print_titles: true,
    block_order: ["capacity", "code", "name", "nip"], foot: "sentence", provider: "local", policy: {},
  };
  const kept = [
    own("SK", "Surat Keputusan", { level: "B-LTA", block_order: ["code", "name", "capacity", "nip"], print_nip: false }),
    own("ST", "Surat Tugas"),
    own("SPM", "Surat Perintah Membayar", { sealed: true, number_template: "{urut:5}/SPM/{tahun}" }),
    own("UND", "Undangan", { active: false, foot: "code" }),
  ];
  return [
    ["GET /agency/settings", () => agency],
    ["PATCH /agency", ({ body }) => Object.assign(agency, body)],
    ["GET /units", () => ({ items: [{ id: "u1", name: "Sekretariat Daerah Contoh", code: "SETDA", parent_id: null }], next_cursor: null })],
    ["GET /document-types/settings", () => ({ items: kept })],
    ["PUT /document-types/:id", ({ id, body }) => {
      if (!/^[A-Z0-9]{1,4}$/.test(id)) refuse(422, "general/invalid");
      const kind = kept.find((one) => one.code === id);
      if (!kind) kept.push({ code: id, ...body });
      return kind ? Object.assign(kind, body) : kept.at(-1);
    }],
  ];
}
