"""The public pages' sentences, in Indonesian and English."""

from backend.verification.bands import FILE_BANDS, Band

BANDS: dict[str, Band] = FILE_BANDS | {
    "checking": (
        "unsure",
        "open",
        ("Sedang diperiksa", "Being checked"),
        (
            (
                "Naskah ini sudah ditandatangani. Kami sedang memastikan berkasnya; "
                "buka lagi halaman ini beberapa menit lagi."
            ),
            (
                "This document has been signed. We are making sure of its file; "
                "open this page again in a few minutes."
            ),
        ),
    ),
    "in-progress": (
        "draft",
        "open",
        ("Masih diproses", "Not finished yet"),
        (
            "Naskah ini belum selesai ditandatangani. Jangan dipakai dulu.",
            "This document has not been signed by everyone yet. Do not rely on it.",
        ),
    ),
    "unsure": (
        "unsure",
        "open",
        ("Belum pasti", "Not certain yet"),
        (
            (
                "Satu tanda tangan pada naskah ini belum pasti jadi dan sedang diperiksa. Jangan "
                "dipakai dulu; buka lagi halaman ini nanti."
            ),
            (
                "It is not certain yet that one signature on this document was made; it is being "
                "checked. Do not rely on it; open this page again later."
            ),
        ),
    ),
    "not-issued": (
        "void-sheet",
        "ended",
        ("Tidak diterbitkan", "Never issued"),
        (
            "Naskah dengan kode ini tidak jadi diterbitkan. Jangan dipakai.",
            "The document with this code was never issued. Do not use it.",
        ),
    ),
    "unknown": (
        "question",
        "open",
        ("Kode ini tidak kami kenal", "We do not know this code"),
        (
            "Kami tidak menemukan naskah dengan kode ini. Belum tentu palsu.",
            "We find no document with this code. That alone does not make it false.",
        ),
    ),
    "too-many": (
        "unsure",
        "open",
        ("Tunggu sebentar, ya", "One moment, please"),
        (
            "Terlalu banyak pemeriksaan dari jaringan ini. Coba lagi dalam {seconds} detik.",
            "Too many checks from this network. Try again in {seconds} seconds.",
        ),
    ),
    "busy": (
        "unsure",
        "open",
        ("Sedang ramai", "Busy right now"),
        (
            "Banyak berkas sedang diperiksa. Kirim lagi sebentar lagi; berkas Anda tidak disimpan.",
            "Many files are being examined. Send it again shortly; your file was not kept.",
        ),
    ),
    "form": (
        "sheet",
        "plain",
        ("Periksa keaslian naskah", "Check a document"),
        (
            "Ketik kode di bawah QR, atau kirim berkas PDF-nya. Tanpa akun, tanpa biaya.",
            "Type the code under the QR, or send the PDF. No account, no charge.",
        ),
    ),
}

LABELS: dict[str, tuple[str, str]] = {
    "house": ("Pemeriksaan keaslian naskah", "Document check"),
    "other-language": ("English", "Bahasa Indonesia"),
    "kind": ("Jenis", "Kind"),
    "subject": ("Perihal", "Subject"),
    "subject-hidden": ("Tidak ditampilkan karena sifat naskahnya", "Not shown: confidential"),
    "number": ("Nomor", "Number"),
    "unit": ("Diterbitkan oleh", "Issued by"),
    "seal": (
        "Segel elektronik instansi, bukan tanda tangan orang",
        "Electronic seal of the agency, not a person's signature",
    ),
    "signed-by": ("Ditandatangani oleh", "Signed by"),
    "time": ("Waktu", "Time"),
    "certificate": ("Sertifikat", "Certificate"),
    "valid-then": ("berlaku saat ditandatangani", "valid when signed"),
    "revoked-later": (
        (
            "Sertifikatnya dicabut {date}, sesudah tanda tangan ini dibuat. Tanda tangannya tetap "
            "berlaku; waktunya terbukti dengan stempel waktu."
        ),
        (
            "The certificate was revoked on {date}, after this signature was made. The signature "
            "still counts; a time stamp proves its time."
        ),
    ),
    "reason": ("Alasan", "Reason"),
    "successor": ("Penggantinya", "Replaced by"),
    "ended-document": ("Naskah yang tidak berlaku lagi", "The document no longer in force"),
    "ended-by": ("Dinyatakan oleh", "Declared by"),
    "claim-fits": (
        "Isi kode pada kertas kami buat untuk naskah ini: {said}. Bandingkan dengan yang tercetak.",
        "We made what the code on the paper says for this document: {said}. Compare it with the print.",
    ),
    "claim-forged": (
        (
            "Palsu: isi kode pada kertas tidak kami buat untuk alamat ini. Bisa jadi disalin dari "
            "naskah lain. Jangan percayai kertasnya."
        ),
        (
            "Forged: we did not make what the code on the paper says for this address. It may be "
            "copied from another document. Do not trust the paper."
        ),
    ),
    "scan": ("Pindai kode dengan kamera", "Scan a code with the camera"),
    "paper": ("Pegang kertasnya?", "Holding the paper?"),
    "paper-text": (
        (
            "Kode ini membuktikan catatan kami, bukan kertas di tangan Anda. Bandingkan perihal, nomor "
            "dan nama di atas dengan yang tercetak. Bila berbeda, jangan dipakai."
        ),
        (
            "This code proves our record, not the paper in your hand. Compare subject, number and "
            "names above with what is printed. If they differ, do not use it."
        ),
    ),
    "preview": ("Halaman pertama, untuk dibandingkan", "First page, for comparison"),
    "download": ("Unduh naskah aslinya (PDF)", "Download the original (PDF)"),
    "check-file": ("Periksa berkas PDF", "Check a PDF file"),
    "check-code": ("Periksa kode", "Check the code"),
    "open-successor": ("Buka naskah penggantinya", "Open the newer document"),
    "code": ("Kode di bawah QR", "Code under the QR"),
    "file": ("Berkas PDF", "PDF file"),
    "file-note": (
        (
            "Berkas diperiksa lalu dibuang; tidak disimpan dan tidak dikirim ke mana pun. Paling besar "
            "{limit} MB."
        ),
        (
            "The file is examined and discarded; it is not kept and not sent anywhere. At most "
            "{limit} MB."
        ),
    ),
    "no-file": ("Pilih berkas PDF-nya dulu, lalu kirim lagi.", "Choose the PDF first."),
    "too-large": (
        "Berkas ini lebih dari {limit} MB. Kirim berkas aslinya, bukan hasil pindai ulang.",
        "This file is larger than {limit} MB. Send the original, not a new scan.",
    ),
    "address": ("Pastikan alamat halaman ini", "Make sure this page's address is"),
    "checked-at": ("Diperiksa", "Checked"),
    "law": (
        (
            "Informasi Elektronik dan/atau Dokumen Elektronik dan/atau hasil cetaknya merupakan alat "
            "bukti hukum yang sah (UU ITE Pasal 5 ayat 1)."
        ),
        (
            "Electronic information and documents and their printouts are lawful evidence in Indonesia "
            "(UU ITE, article 5(1))."
        ),
    ),
    "your-file": ("Berkas yang Anda kirim", "The file you sent"),
    "registry": ("Catatan kami", "Our records"),
    "registry-final": (
        "Berkas ini persis sama dengan naskah yang kami terbitkan.",
        "This file is, byte for byte, the document we issued.",
    ),
    "registry-earlier": (
        "Berkas ini asli, tetapi sesudahnya masih ada tanda tangan lain. Pakailah yang terakhir.",
        "This file is genuine, but more signatures followed. Use the final one.",
    ),
    "registry-revoked": (
        "Berkas ini kami terbitkan dan kemudian kami cabut.",
        "We issued this file and later revoked it.",
    ),
    "registry-superseded": (
        "Berkas ini kami terbitkan dan kemudian kami ganti.",
        "We issued this file and later replaced it.",
    ),
    "spoken": ("Kode pada kertas", "Code on the paper"),
    "spoken-same": (
        "Berkas ini yang disebut kode itu.",
        "This file is the one the code speaks of.",
    ),
    "spoken-built-on": (
        "Berkas ini berawal dari naskah yang disebut kode itu, tetapi bukan berkas yang kami terbitkan.",
        "This file begins with the document the code speaks of, and is not the file we issued.",
    ),
    "spoken-other": (
        "Berkas ini bukan naskah yang disebut kode itu.",
        "This file is not the one the code speaks of.",
    ),
    "spoken-unknown": (
        "Kode itu tidak kami kenal.",
        "We do not know that code.",
    ),
    "compared": (
        "Berkasnya kami bandingkan dengan naskah berkode {code}.",
        "We compare the file with the document under the code {code}.",
    ),
    "open-record": ("Lihat catatannya", "See the record"),
    "finding": ("Temuan", "Finding"),
    "signature": ("Tanda tangan {n}", "Signature {n}"),
    "time-stamp": ("Stempel waktu arsip", "Archive time stamp"),
    "holder": ("Atas nama", "In the name of"),
    "result": ("Hasil", "Result"),
    "covers": ("Mencakup", "Covers"),
    "covers-file": ("Seluruh berkas", "The whole file"),
    "covers-revision": ("Seluruh berkas saat ditandatangani", "The whole file as it was signed"),
    "covers-broken": ("Tidak seluruh berkas", "Not the whole file"),
    "changes": ("Sesudahnya", "Afterwards"),
    "no-changes": ("Tidak ada yang berubah", "Nothing changed"),
    "issued-by": ("Penerbit", "Issuer"),
    "valid-until": ("berlaku {start} sampai {end}", "valid {start} to {end}"),
    "proven-time": ("Waktu terbukti", "Proven time"),
    "claimed-time": ("Waktu menurut penanda tangan", "Time the signer states"),
    "stamped-by": ("stempel waktu dari {name}", "time stamp by {name}"),
    "where-changed": ("Yang berubah", "What changed"),
    "frames": (
        "Bingkai merah menandai bagian yang tidak lagi sama dengan saat ditandatangani.",
        "Red frames mark what is no longer as it was when signed.",
    ),
    "page": ("Halaman {n}", "Page {n}"),
    "as-signed": ("Saat ditandatangani", "As it was signed"),
    "as-now": ("Di berkas yang Anda kirim", "In the file you sent"),
    "no-page": ("Halaman ini tidak ada.", "There is no such page."),
    "technical": ("Laporan teknis", "Technical report"),
    "download-json": ("Unduh sebagai JSON", "Download as JSON"),
    "download-report": ("Unduh laporan bersegel (PDF)", "Download the sealed report (PDF)"),
    "report-note": (
        "Laporan yang disegel sistem kami, untuk ditunjukkan kepada orang lain. Dapat diunduh selama satu jam.",
        "A report sealed by our system, to show to others. It can be downloaded for an hour.",
    ),
    "report-over": (
        "Laporan itu sudah lewat satu jam. Kirim berkasnya sekali lagi untuk diperiksa.",
        "That report is more than an hour old. Send the file once more to have it checked.",
    ),
    "level": ("Tingkat", "Level"),
    "result-valid": ("Berlaku", "Valid"),
    "result-untrusted": ("Utuh, penerbit tidak dikenal", "Intact, issuer unknown"),
    "result-tampered": ("Berubah", "Changed"),
    "result-invalid": ("Tidak berlaku", "Not valid"),
    "result-unreadable": ("Belum dapat dipastikan", "Cannot tell"),
    "step-code": (
        "Periksa lagi kodenya. Huruf O dan angka 0 boleh tertukar; huruf lain jangan.",
        "Check the code again. The letter O and the digit 0 may be mixed up; others may not.",
    ),
    "step-file": (
        "Bila punya berkas PDF-nya, periksa berkas itu di sini.",
        "If you have the PDF, check that file here.",
    ),
    "step-office": (
        "Masih ragu? Tanyakan ke kantor yang tercantum pada kop surat.",
        "Still in doubt? Ask the office named at the head of the letter.",
    ),
    "your-code": ("Kode yang Anda ketik", "The code you typed"),
}


def label(key: str, lang: str, **params: str | int) -> str:
    return LABELS[key][lang == "en"].format_map(params)


def grouped(code: str) -> str:
    """A code as it stands under the QR: in groups of five."""
    return "-".join(code[i : i + 5] for i in range(0, len(code), 5))
