"""What a sealed report says, in Indonesian and English."""

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Laporan verifikasi berkas", "File verification report"),
    "reference": ("Laporan {reference}", "Report {reference}"),
    "page": ("Halaman {n} dari {count}", "Page {n} of {count}"),
    "foot": ("Hasil: {verdict}", "Result: {verdict}"),
    "file": ("Berkas yang diperiksa", "The file that was examined"),
    "name": ("Nama berkas", "File name"),
    "name-note": ("menurut pengirimnya", "as its sender calls it"),
    "no-name": ("Tidak disebut", "Not given"),
    "size": ("Ukuran", "Size"),
    "bytes": ("{count} bita", "{count} bytes"),
    "sha256": ("Sidik (SHA-256)", "Fingerprint (SHA-256)"),
    "at": ("Diperiksa", "Examined"),
    "at-note": ("jam sistem kami", "by our system's clock"),
    "judged": ("Penilaian penuh", "Full judgement"),
    "findings": ("Temuan", "Findings"),
    "indication": ("Indikasi", "Indication"),
    "indication-note": ("menurut ETSI EN 319 102-1", "as in ETSI EN 319 102-1"),
    "registry": ("Catatan kami", "Our records"),
    "registry-none": (
        "Berkas ini tidak ada di antara naskah yang kami terbitkan.",
        "This file is not among the documents we issued.",
    ),
    "registry-final": (
        "Persis sama dengan naskah yang kami terbitkan.",
        "Byte for byte the document we issued.",
    ),
    "registry-earlier": (
        "Kami terbitkan; sesudahnya masih ada tanda tangan lain.",
        "We issued it; more signatures followed.",
    ),
    "registry-revoked": (
        "Kami terbitkan, dan kami cabut {date}.",
        "We issued it, and revoked it on {date}.",
    ),
    "registry-superseded": (
        "Kami terbitkan, dan kami ganti {date}.",
        "We issued it, and replaced it on {date}.",
    ),
    "number": ("Nomor {number}", "Number {number}"),
    "code": ("Kode {code}", "Code {code}"),
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
    "changed": ("Yang berubah sejak ditandatangani", "What changed since it was signed"),
    "changed-note": (
        "Bingkai menandai bagian halaman yang tidak lagi sama.",
        "Frames mark the parts of a page that are no longer the same.",
    ),
    "sheet": ("Halaman {n}", "Page {n}"),
    "signatures": ("Tanda tangan di dalam berkas", "Signatures in the file"),
    "no-signatures": ("Tidak ada.", "None."),
    "left-out": (
        "{count} tanda tangan lain tidak dimuat di sini; yang dimuat adalah yang paling menentukan.",
        "{count} more signatures are not listed here; those listed weigh the most.",
    ),
    "signature": ("Tanda tangan {n}", "Signature {n}"),
    "seal": ("Segel elektronik", "Electronic seal"),
    "time-stamp": ("Stempel waktu arsip", "Archive time stamp"),
    "holder": ("Atas nama", "In the name of"),
    "holder-proven": ("menurut sertifikatnya", "as its certificate says"),
    "holder-claimed": (
        "pengakuan sertifikatnya, tidak terbukti",
        "claimed by its certificate, not proven",
    ),
    "result": ("Hasil", "Result"),
    "valid": ("Berlaku", "Valid"),
    "untrusted": ("Utuh, penerbit tidak kami kenal", "Intact, issuer unknown to us"),
    "tampered": ("Berubah", "Changed"),
    "invalid": ("Tidak berlaku", "Not valid"),
    "unreadable": ("Belum dapat dipastikan", "Cannot tell"),
    "certified": ("tersertifikasi (PSrE Indonesia)", "certified (Indonesian PSrE)"),
    "not-certified": ("tidak tersertifikasi", "not certified"),
    "time": ("Waktu", "Time"),
    "time-proven": (
        "terbukti: stempel waktu dari {name}",
        "proven: time stamp by {name}",
    ),
    "time-sealed": (
        "terbukti: sudah ada sebelum stempel waktu arsip ini",
        "proven: it existed before this archive time stamp",
    ),
    "time-claimed": (
        "menurut komputer penanda tangan, tidak terbukti",
        "by the signer's computer, not proven",
    ),
    "time-none": ("Tidak disebut", "Not given"),
    "covers": ("Mencakup", "Covers"),
    "covers-file": ("Seluruh berkas", "The whole file"),
    "covers-revision": ("Seluruh berkas saat itu", "The whole file as it was then"),
    "covers-broken": ("Tidak seluruh berkas", "Not the whole file"),
    "after": ("Sesudahnya", "Afterwards"),
    "after-none": ("Tidak ada yang berubah.", "Nothing changed."),
    "issuer": ("Penerbit sertifikat", "Certificate's issuer"),
    "validity": ("berlaku {start} sampai {end}", "valid {start} to {end}"),
    "key": ("kunci {key}, nomor seri {serial}", "key {key}, serial number {serial}"),
    "thumbprint": ("SHA-256 {thumbprint}", "SHA-256 {thumbprint}"),
    "anchor": ("akar yang kami percayai: {anchor}", "root that we trust: {anchor}"),
    "level": ("Tingkat", "Level"),
    "field": ("bidang {field}", "field {field}"),
    "meaning": ("Arti laporan ini", "What this report means"),
    "proves": (
        (
            "Laporan ini menyatakan apa yang kami temukan pada satu berkas, yaitu yang sidiknya "
            "tertera di atas, pada waktu yang tertera dan dengan daftar penerbit yang tertera. Segel "
            "elektronik di dalam PDF ini membuktikan bahwa laporan dibuat oleh sistem kami dan tidak "
            "berubah sesudahnya."
        ),
        (
            "This report states what we found in one file, the one with the fingerprint above, at "
            "the time and by the list of issuers named here. The electronic seal inside this PDF "
            "proves that our system made the report and that it has not changed since."
        ),
    ),
    "proves-not": (
        (
            "Laporan ini tidak menilai benar tidaknya isi berkas, tidak berlaku bagi berkas lain "
            "walau tampak sama, dan tidak bagi kertas hasil cetaknya. Yang dicabut sesudah waktu itu "
            "tidak termasuk. Segelnya bukan tanda tangan pejabat dan tidak mengesahkan berkas yang "
            "diperiksa."
        ),
        (
            "It does not judge whether the file's content is true, and holds neither for another "
            "file that looks the same nor for a print. What was revoked after that time is not in "
            "it. Its seal is no official's signature and does not approve the file examined."
        ),
    ),
    "made": ("Bagaimana diperiksa", "How it was examined"),
    "trust": ("Daftar penerbit", "List of issuers"),
    "roots": ("{count} akar dipercaya", "{count} trusted roots"),
    "engine": ("Perangkat lunak", "Software"),
    "sealed-by": ("Segel laporan", "The report's seal"),
    "check": ("Memeriksa laporan ini", "Checking this report"),
    "check-text": (
        (
            "Unggah berkas PDF laporan ini di {address}, atau buka dengan pembaca PDF yang memeriksa "
            "tanda tangan. Cetakannya tidak membawa segel."
        ),
        (
            "Upload this report's PDF at {address}, or open it in a PDF reader that checks "
            "signatures. A print carries no seal."
        ),
    ),
}


def word(name: str, /, lang: str, **params: str | int) -> str:
    return WORDS[name][lang == "en"].format_map(params)
