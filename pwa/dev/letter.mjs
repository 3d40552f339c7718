// A made-up letter as an SVG page, so that the reader has something to show without the backend.
const W = 595;
const H = 842;
const escape = (text) => text.replace(/[&<>]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[char]);
const line = (text, x, y, size = 11.5, anchor = "start", weight = 400) =>
  `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" font-weight="${weight}">${escape(text)}</text>`;

const BODY = [
  "Menindaklanjuti hasil rapat koordinasi tanggal 20 November 2026 dan memperhatikan",
  "prakiraan curah hujan sampai dengan Januari 2027, bersama ini disampaikan hal-hal",
  "sebagai berikut:",
  "1.  Setiap perangkat daerah menunjuk paling sedikit 2 (dua) orang petugas siaga.",
  "2.  Daftar petugas siaga disampaikan paling lambat hari Rabu, 25 November 2026.",
  "3.  Saluran air di lingkungan kantor masing-masing bersih dan berfungsi baik.",
  "4.  Kendaraan dinas operasional disiagakan sebagaimana tercantum dalam Lampiran.",
];

export function letter(page) {
  const head = [
    line("PEMERINTAH KABUPATEN CONTOH", W / 2, 52, 15, "middle"),
    line("SEKRETARIAT DAERAH", W / 2, 74, 19, "middle", 600),
    line("Jalan Contoh Nomor 1, Kota Contoh 00000", W / 2, 90, 10, "middle"),
    `<path d="M50 104h495" stroke="#1b1b1b" stroke-width="3.5"/><path d="M50 109h495" stroke="#1b1b1b"/>`,
    line("Kota Contoh, 23 November 2026", 545, 136, 11.5, "end"),
    line("Nomor     : 300.2/0412/SETDA/2026", 60, 162),
    line("Hal          : Kesiapsiagaan menghadapi musim hujan", 60, 178),
    ...BODY.map((text, i) => line(text, 60, 230 + i * 20)),
    line("Plt. SEKRETARIS DAERAH,", 330, 560),
    line("Dra. Hj. RATNA CONTOH, M.Si.", 330, 660),
  ];
  const annex = [
    line(`Lampiran ${page - 1}`, 330, 70),
    line("DAFTAR KENDARAAN SIAGA", W / 2, 130, 13, "middle"),
    ...Array.from({ length: 18 }, (_, i) => line(`${i + 1}.  Badan Contoh ${i + 1}, truk serbaguna, ${(i % 4) + 1} unit`, 80, 170 + i * 30)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="824" height="1166" viewBox="0 0 ${W} ${H}" font-family="serif" fill="#1b1b1b"><rect width="100%" height="100%" fill="#fff"/>${(page === 1 ? head : annex).join("")}</svg>`;
}

export const letterText = (page) =>
  page === 1 ? ["PEMERINTAH KABUPATEN CONTOH", "SEKRETARIAT DAERAH", ...BODY].join("\n") : "DAFTAR KENDARAAN SIAGA";
