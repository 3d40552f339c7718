/** First path segments that belong to the app; everything else is the server's (public pages, PKI, API). */
export const PLACES = [
  "",
  "meja",
  "naskah",
  "jejak",
  "riwayat",
  "belum-terkirim",
  "pindai",
  "pemberitahuan",
  "profil",
  "masuk",
  "undangan",
  "operator",
  "petugas",
  "kelola",
  "audit",
  "keberatan",
  "mulai",
] as const;

/** Whether a path is a screen of the app, so that the shell answers it, with or without a network. */
export const isPlace = (pathname: string): boolean =>
  (PLACES as readonly string[]).includes(pathname.split("/")[1] ?? "");
