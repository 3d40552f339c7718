"""What strangers put into names and files can neither break a report nor forge one."""

from datetime import UTC, datetime, timedelta
from random import Random

import pypdfium2
import pytest

from backend.core.masterkey import MasterKey
from backend.verification.bands import FILE_BANDS
from backend.verification.moments import day
from backend.verification.registry import RegistryAnswer
from backend.verification.report import (
    CertificateFacts,
    ChangedPage,
    Coverage,
    FileReport,
    Indication,
    Reason,
    SignatureReport,
    TimeStampFacts,
)
from backend.verification.sealed.composition import House, Report
from backend.verification.sealed.findings import (
    LONGEST,
    MOST_SIGNATURES,
    Findings,
    TrustFacts,
    pack,
    shortened,
    unpack,
)
from backend.verification.sealed.typesetting import lines, plain
from backend.verification.sealed.words import WORDS
from backend.verification.verdicts import Verdict

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOUSE = House("Pemerintah Kabupaten Contoh", "WIB", "https://contoh.go.id", "Laporan Verifikasi")
FORGED = "Bupati Contoh\n\nHasil\u2028Berlaku\u202e) Tj ET BT (\x00\u200b Бупати 中"


def signature(name: str = "Dra. Contoh", verdict: Verdict = Verdict.VALID) -> SignatureReport:
    return SignatureReport(
        field=name,
        kind="signature",
        verdict=verdict,
        indication=Indication.TOTAL_PASSED,
        sub_indication=None,
        level="B-LT",
        signer=name,
        certificate=CertificateFacts(
            subject=name,
            issuer=name,
            serial="f" * 40,
            not_before=AT,
            not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
            thumbprint="a" * 64,
            key="ECDSA P-256",
            anchor=name,
        ),
        coverage=Coverage.FILE,
        proven_at=AT,
        time_stamp=TimeStampFacts(at=AT, authority=name, trusted=True),
        reasons=(Reason(code="revocation-not-known"),),
    )


def found(*signatures: SignatureReport, filename: str = "surat.pdf", **facts) -> Findings:
    report = {
        "verdict": Verdict.VALID,
        "indication": Indication.TOTAL_PASSED,
        "signatures": signatures,
        "sha256": "0f" * 32,
        "size": 12345,
    } | facts.pop("report", {})
    trust = TrustFacts(sha256="ab" * 32, roots=1)
    facts = {"registry": None, "trust": trust, "at": AT} | facts
    return Findings(filename=filename, report=FileReport(**report), **facts)


def sheets(findings: Findings, lang: str = "id") -> list[str]:
    """The text of each sheet, line by line."""
    document = pypdfium2.PdfDocument(Report(shortened(findings), HOUSE, lang).write())
    said = (page.get_textpage().get_text_range() for page in document)
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in said]


def test_a_strangers_words_stay_in_their_place_and_show_what_they_are():
    rows = "\n".join(sheets(found(signature(FORGED), filename=FORGED))).splitlines()
    joined = " ".join(row.strip() for row in rows)
    spelt = "Bupati Contoh Hasil Berlaku[U+202E]) Tj ET BT ([U+0000][U+200B] [U+0411][U+0443]"
    assert joined.count("Bupati Contoh") == joined.count(spelt) >= 4
    assert "[U+4E2D]" in joined
    assert "Berlaku" not in {row.strip() for row in rows}


def test_two_different_names_never_look_the_same():
    names = ["Bupati", "Вupati", "Bupa\u200bti", "Bupa\u00adti", "Bupati\u202e", "Bu\ufeffpati"]
    assert len({plain(name) for name in names}) == len(names)
    assert plain("e\u0301") == plain("é") == "é"
    assert plain(" a \t\r\n b\u00a0c ") == "a b c"
    assert plain("\U0001f600" * 9999).endswith("…")
    assert len(plain("\U0001f600" * 9999)) < 300


def test_a_word_without_end_is_broken_and_loses_nothing():
    word = "x" * 400
    broken = lines(word, 10, 200)
    assert "".join(broken) == word
    assert len(broken) > 5
    assert lines("satu dua", 10, 200) == ["satu dua"]
    assert lines("", 10, 200) == [""]


def test_ten_thousand_signatures_make_a_report_that_can_be_read():
    bad = signature("Yang Berubah", Verdict.TAMPERED)
    many = found(
        *[signature(f"Orang {i}") for i in range(9_999)], bad, report={"verdict": "tampered"}
    )
    key = MasterKey(bytes(32))
    package = pack(many, key)
    assert len(package) < LONGEST
    kept = unpack(package, key, AT)
    assert len(kept.report.signatures) == MOST_SIGNATURES
    text = sheets(kept)
    assert len(text) < 40
    said = " ".join(text)
    assert "9940 tanda tangan lain tidak dimuat" in said
    assert "Yang Berubah" in said
    for number, sheet in enumerate(text, 1):
        assert f"Halaman {number} dari {len(text)}" in sheet
        assert "Hasil: Berubah setelah ditandatangani" in sheet


def test_the_longest_words_still_fit_a_package():
    dice = Random(1)

    def loud() -> str:
        return "".join(chr(dice.randint(0x10000, 0x1FFFF)) for _ in range(200))

    many = found(*[signature(loud()) for _ in range(2 * MOST_SIGNATURES)], filename=loud()[:120])
    assert len(pack(many, MasterKey(bytes(32)))) < LONGEST
    assert len(sheets(many)) < 60


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_its_report(verdict, lang):
    page = ChangedPage(page=2, frames=((-1.0, 0.1, 9.0, 0.2),), before=None, after=None)
    one = found(report={"verdict": verdict, "changed_pages": (page,)})
    title = FILE_BANDS["intact" if verdict is Verdict.VALID else verdict.value][2][lang == "en"]
    (first, *_) = sheets(one, lang)
    assert title in first
    assert "braces" not in first
    assert "{" not in first


@pytest.mark.parametrize("status", ["final", "earlier", "revoked", "superseded"])
def test_the_registrys_word_stands_in_it(status):
    answer = RegistryAnswer(status=status, code="7K2MQ4XD00000000000X", number="800/1", ended_at=AT)
    said = " ".join(sheets(found(signature(), registry=answer)))
    assert "Nomor 800/1" in said
    assert "7K2MQ4XD00000000000X" in said
    assert "2 Maret 2026" in said
    assert ("Sudah dicabut" in said) == (status == "revoked")


def test_a_certificate_that_never_ends_has_a_day_all_the_same():
    assert day(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "WIT", "id").endswith("9999")


def test_the_same_report_has_the_same_name_and_another_another():
    one = found(signature())
    assert one.reference == found(signature()).reference
    assert one.reference != found(signature("Lain")).reference
    assert one.reference != found(signature(), at=AT + timedelta(seconds=1)).reference


def test_everything_is_said_in_both_languages_with_the_same_blanks():
    for name, (indonesian, english) in WORDS.items():
        blanks = [
            {part.split("}")[0] for part in said.split("{")[1:]} for said in (indonesian, english)
        ]
        assert blanks[0] == blanks[1], name
        assert indonesian, name
