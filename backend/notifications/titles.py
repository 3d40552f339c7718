"""What a lock screen and an e-mail's subject say: generic by design, for bystanders read them."""

from backend.notifications.models import NoticeKind

_ID = {
    NoticeKind.YOUR_TURN: "Ada naskah menunggu Anda di Centang.",
    NoticeKind.DUE_SOON: "Ada naskah yang batas waktunya sudah dekat.",
    NoticeKind.OVERDUE: "Ada naskah yang batas waktunya sudah lewat.",
    NoticeKind.LATE: "Ada naskah yang tertahan melewati batas waktu.",
    NoticeKind.DIGEST: "Ringkasan hari ini: ada naskah menunggu Anda.",
    NoticeKind.SIGNED: "Naskah Anda sudah ditandatangani.",
    NoticeKind.RETURNED: "Ada naskah dikembalikan untuk diperbaiki.",
    NoticeKind.REJECTED: "Ada naskah yang ditolak.",
    NoticeKind.REFUSED: "Ada unggahan yang perlu diperbaiki.",
    NoticeKind.NOT_VALIDATED: "Ada tanda tangan yang tidak lolos pemeriksaan.",
    NoticeKind.FILE_DAMAGED: "Ada berkas tersimpan yang rusak. Pulihkan dari cadangan.",
    NoticeKind.SECURITY: "Ada perubahan pada keamanan akun. Periksa di Centang.",
    NoticeKind.CERTIFICATE_EXPIRES: "Ada sertifikat yang segera berakhir.",
    NoticeKind.SEAL: "Ada kabar tentang segel instansi.",
}
_EN = {
    NoticeKind.YOUR_TURN: "A paper is waiting for you in Centang.",
    NoticeKind.DUE_SOON: "A paper's deadline is near.",
    NoticeKind.OVERDUE: "A paper's deadline has passed.",
    NoticeKind.LATE: "A paper is held up past its deadline.",
    NoticeKind.DIGEST: "Today's summary: papers are waiting for you.",
    NoticeKind.SIGNED: "Your paper has been signed.",
    NoticeKind.RETURNED: "A paper was returned for revision.",
    NoticeKind.REJECTED: "A paper was rejected.",
    NoticeKind.REFUSED: "An upload needs mending.",
    NoticeKind.NOT_VALIDATED: "A signature did not pass its examination.",
    NoticeKind.FILE_DAMAGED: "A stored file is damaged. Bring it back from a backup.",
    NoticeKind.SECURITY: "Account security changed. Look in Centang.",
    NoticeKind.CERTIFICATE_EXPIRES: "A certificate ends soon.",
    NoticeKind.SEAL: "There is news of the agency's seal.",
}


def titles(language: str | None) -> dict[NoticeKind, str]:
    """Every kind's title in a person's language; Indonesian where none is known."""
    return _EN if language == "en" else _ID
