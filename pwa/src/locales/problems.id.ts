/** One sentence for each problem code: what happened, then what to do. */
export const problems: Readonly<Record<string, string>> = {
  "client/offline": "Belum ada jaringan. Tidak ada yang hilang; coba lagi begitu tersambung.",
  "client/timeout": "Jaringan sedang lambat, jawabannya belum sampai. Coba lagi sebentar lagi.",
  "client/server": "Server sedang tidak siap. Pekerjaan Anda tidak hilang; coba lagi sebentar lagi.",
  "client/unreadable": "Jawaban server tidak terbaca. Muat ulang, lalu coba lagi.",
  "client/unforeseen": "Ada yang tidak berjalan semestinya. Coba lagi; bila berulang, beri tahu pengelola.",
  "client/image-altered": "Gambar halaman ini tidak utuh saat tiba. Muat lagi.",
  "client/no-device": "Perangkat ini belum terdaftar, jadi belum bisa mencentang atau menandatangani. Daftarkan dari Profil, Perangkat.",
  "client/cancelled": "Unggahan dihentikan. Berkas masih ada di sini; unggah lagi kapan saja.",
  "client/file-gone": "Berkas itu tidak dapat dibaca lagi dari perangkat ini. Pilih sekali lagi.",
  "client/other-person": "Akun lain baru saja masuk di peramban ini. Halaman dimuat ulang.",
};
