"""How verification says no."""

from backend.core.errors import Problem

NOT_A_CERTIFICATE = Problem(
    "verification/not-a-certificate",
    422,
    "Bukan sertifikat",
    "Berkas {name} bukan sertifikat. Pilih berkas PEM atau DER dari otoritas sertifikat.",
)
UNKNOWN_CODE = Problem(
    "verification/unknown-code",
    404,
    "Kode ini tidak kami kenal",
    "Kode ini tidak kami kenal. Belum tentu palsu; periksa lagi kodenya.",
)
NO_FILE = Problem(
    "verification/no-file",
    422,
    "Belum ada berkas",
    "Pilih berkas PDF-nya dulu, lalu kirim lagi.",
)
REPORT_OVER = Problem(
    "verification/report-over",
    410,
    "Laporan ini sudah lewat satu jam",
    "Kirim berkasnya sekali lagi untuk diperiksa, lalu unduh laporannya.",
)
