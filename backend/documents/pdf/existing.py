"""Signatures that a file brings along.

Neither kind is taken. One that fails proves that the file is not what its signer saw. One that
holds would be destroyed by cleaning, flattening and numbering, and it would take the first place
that our certification (DocMDP) needs; so the operator is asked for the file as it was before.
"""

from pathlib import Path

from pikepdf import Dictionary, Pdf

from backend.documents.pdf.refusals import Refused


def check_existing(pdf: Pdf, path: Path) -> None:
    """Refuses a signed file, saying whether its signatures hold."""
    if not any(isinstance(o, Dictionary) and "/ByteRange" in o for o in pdf.objects):
        return
    raise Refused("documents/already-signed" if _all_hold(path) else "documents/signature-fails")


def _all_hold(path: Path) -> bool:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import SignatureCoverageLevel
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    try:
        with path.open("rb") as file:
            reader = PdfFileReader(file)
            signatures = reader.embedded_signatures
            for signature in signatures:
                signature.compute_integrity_info()
                intact, valid = validate_sig_integrity(
                    signature.signer_info,
                    signature.signer_cert,
                    expected_content_type=_content_type(signature),
                    actual_digest=signature.compute_digest(),
                )
                status = signature.summarise_integrity_info()
                covers = status["coverage"] >= SignatureCoverageLevel.ENTIRE_REVISION
                if not (intact and valid and covers and status["docmdp_ok"] is not False):
                    return False
    # pyHanko raises far more than its own errors on hostile input (OSError, RecursionError,
    # AssertionError…); whatever it cannot judge does not hold.
    except Exception:  # noqa: BLE001
        return False
    return bool(signatures)


def _content_type(signature: object) -> str:
    kind = str(getattr(signature, "sig_object", {}).get("/SubFilter", ""))
    return "tst_info" if kind == "/ETSI.RFC3161" else "data"
