"""The judgement of one signature or document time stamp, as of a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from pyhanko.pdf_utils.generic import Reference, parse_pdf_date
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from backend.certificates.profiles import names_a_seal
from backend.verification import accounting, changes, cms_check, plain_cms, structure
from backend.verification.chain import Chain, facts, judge_chain, name
from backend.verification.cms_check import Checked, MalformedError, Structure
from backend.verification.descriptions import entry
from backend.verification.report import Coverage, Indication, Reason, SignatureReport
from backend.verification.revocation import Revocation, Statements
from backend.verification.scene import Scene
from backend.verification.stamps import Stamp, judge_stamp
from backend.verification.verdicts import Verdict


@dataclass(frozen=True)
class Item:
    name: str
    kind: str
    """`signature` or `time-stamp`."""
    subfilter: str
    signature: EmbeddedPdfSignature
    value: Reference

    @cached_property
    def cms(self) -> Structure:
        return Structure(self.signature.pkcs7_content)


@dataclass(frozen=True)
class _Shape:
    coverage: Coverage
    end: int
    added: tuple[Reason, ...]
    forbidden: tuple[Reason, ...]


def judge_item(
    item: Item,
    data: bytes,
    scene: Scene,
) -> SignatureReport:
    """Judges one signature or document time stamp as the scene is when it is reached."""
    draft = SignatureReport(
        field=item.name[:200],
        kind=item.kind,
        verdict=Verdict.INVALID,
        indication=Indication.TOTAL_FAILED,
        certification=_certification(item.signature),
    )
    shape = _shape(item, data)
    draft = draft.model_copy(
        update={
            "coverage": shape.coverage,
            "covered_bytes": shape.end,
            "changes": shape.added,
            "claimed_at": _claimed(item),
        }
    )
    if shape.coverage is Coverage.BROKEN:
        return _verdict(draft, Verdict.TAMPERED, "FORMAT_FAILURE", shape.forbidden)
    if item.kind == "time-stamp":
        return _document_stamp(draft, item, shape, scene)
    return _signature(draft, item, shape, scene)


def _shape(item: Item, data: bytes) -> _Shape:
    signature = item.signature
    where = structure.span(data, signature.byte_range)
    if where is None:
        return _Shape(Coverage.BROKEN, 0, (), (Reason(code="byte-range"),))
    found = [
        *structure.contents(data, where, signature.pkcs7_content),
        *structure.holder(signature.reader, data, item.value, where),
        *structure.signed_end(data, where),
    ]
    reach = signature.evaluate_signature_coverage()
    signature.coverage = reach  # type: ignore[assignment]
    if reach < SignatureCoverageLevel.ENTIRE_REVISION and not found:
        found.append(Reason(code="covers-part"))
    if found:
        return _Shape(Coverage.BROKEN, where.end, (), tuple(found))
    found += accounting.appended(signature.reader, data, where.end, signature.signed_revision)
    later = changes.after(signature, data, where.end)
    whole = not data[where.end :].strip()
    coverage = Coverage.FILE if whole else Coverage.REVISION
    return _Shape(coverage, where.end, later.allowed, (*found, *later.forbidden))


def _signature(
    draft: SignatureReport,
    item: Item,
    shape: _Shape,
    scene: Scene,
) -> SignatureReport:
    try:
        checked = _checked(item, scene)
    except MalformedError as error:
        return _verdict(draft, Verdict.INVALID, "FORMAT_FAILURE", (Reason(code=error.args[0]),))
    draft = draft.model_copy(
        update={
            "signer": name(checked.signer),
            "is_seal": names_a_seal(checked.signer.parsed),
        }
    )
    scene = scene.carrying(_in_cms(item.cms))
    stamp = _best_stamp(item.cms, scene)
    proven = stamp.proves if stamp else None
    chain = judge_chain(
        checked.signer, checked.others, "signing", scene.at_moment(proven or scene.at)
    )
    draft = draft.model_copy(
        update={
            "certificate": facts(checked.signer, chain.anchor),
            "time_stamp": stamp.facts if stamp else None,
            "proven_at": proven or (scene.at if scene.sealed else None),
            "level": _level(item, chain, stamp, sealed=scene.sealed),
        }
    )
    problem = _first_problem(checked, shape, chain, proven is not None or scene.sealed)
    if problem:
        return _verdict(draft, *problem)
    notes = []
    if chain.revocation is Revocation.UNKNOWN:
        notes.append(Reason(code="revocation-not-known"))
    if chain.revoked_at is not None:
        notes.append(Reason(code="certificate-revoked-later"))
    if stamp and stamp.problem:
        notes.append(Reason(code="time-not-proven"))
    passed = _verdict(draft, Verdict.VALID, None, tuple(notes))
    psre = chain.anchor is not None and chain.anchor.indonesian_psre
    return passed.model_copy(update={"certified": psre})


def _first_problem(
    checked: Checked, shape: _Shape, chain: Chain, timed: bool
) -> tuple[Verdict, str, tuple[Reason, ...]] | None:
    """In the order of weight: altered, false, changed later, unknown issuer, not in order."""
    if checked.problem:
        code, sub = checked.problem
        altered = sub == "HASH_FAILURE"
        return Verdict.TAMPERED if altered else Verdict.INVALID, sub, (Reason(code=code),)
    if shape.forbidden:
        return Verdict.TAMPERED, "FORMAT_FAILURE", shape.forbidden
    if chain.problem:
        code, sub = chain.problem
        if code == "issuer-unknown":
            return Verdict.UNTRUSTED, sub, (Reason(code=code),)
        if sub == "REVOKED" and not timed:
            code, sub = ("certificate-revoked-unproven", "REVOKED_NO_POE")
        return Verdict.INVALID, sub, (Reason(code=code),)
    if checked.weak:
        reasons = (Reason(code="weak-algorithm"),)
        return Verdict.INVALID, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", reasons
    return None


def _document_stamp(
    draft: SignatureReport,
    item: Item,
    shape: _Shape,
    scene: Scene,
) -> SignatureReport:
    stamp = judge_stamp(item.cms, None, scene)
    problem = stamp.problem
    if problem is None and not _stamps_file(item):
        problem = ("digest-differs", "HASH_FAILURE")
    draft = draft.model_copy(
        update={
            "signer": stamp.facts.authority if stamp.facts else None,
            "time_stamp": stamp.facts,
            "certificate": facts(stamp.checked.signer, None) if stamp.checked else None,
        }
    )
    if problem is None and not shape.forbidden:
        proven = stamp.facts.at if stamp.facts else None
        return _verdict(draft.model_copy(update={"proven_at": proven}), Verdict.VALID, None, ())
    if shape.forbidden:
        return _verdict(draft, Verdict.TAMPERED, "FORMAT_FAILURE", shape.forbidden)
    code, sub = problem or ("time-stamp-malformed", "FORMAT_FAILURE")
    verdict = Verdict.UNTRUSTED if code == "issuer-unknown" else Verdict.INVALID
    verdict = Verdict.TAMPERED if sub == "HASH_FAILURE" else verdict
    return _verdict(draft, verdict, sub, (Reason(code=code),))


def _stamps_file(item: Item) -> bool:
    info, _ = cms_check.token_info(item.cms)
    algorithm, imprint = cms_check.imprint(info)
    return bool(item.signature.compute_digest(algorithm) == imprint)


def _checked(item: Item, scene: Scene) -> Checked:
    if not item.cms.is_detached:
        raise MalformedError("cms-malformed")
    return cms_check.check(item.cms, item.signature.compute_digest(), "data", scene.shelf)


def _best_stamp(structure: Structure, scene: Scene) -> Stamp | None:
    """The first signature time stamp that lends its time; else the last looked at."""
    stamp = None
    for token in cms_check.time_stamp_tokens(structure):
        stamp = judge_stamp(token, structure.signature, scene)
        if stamp.proves:
            break
    return stamp


def _level(item: Item, chain: Chain, stamp: Stamp | None, *, sealed: bool) -> str:
    prefix = "B" if cms_check.pades_form(item.cms, item.subfilter) else "PKCS7"
    timed = (stamp is not None and stamp.proves is not None) or sealed
    if not timed:
        return f"{prefix}-B"
    if not chain.evidence_in_file:
        return f"{prefix}-T"
    return f"{prefix}-LTA" if sealed else f"{prefix}-LT"


def _in_cms(structure: Structure) -> Statements:
    """Revocation statements inside the CMS: Adobe's archival attribute."""
    if not structure.may_have(plain_cms.REVOCATION):
        return Statements()
    crls: list[bytes] = []
    answers: list[bytes] = []
    for attribute in structure.signer_info["signed_attrs"]:
        if attribute["type"].native != "adobe_revocation_info_archival":
            continue
        for value in attribute["values"]:
            crls += [c.dump() for c in _items(value["crl"])]
            answers += [a.dump() for a in _items(value["ocsp"])]
    return Statements.read(crls, answers)


def _items(sequence: Any) -> Iterable[Any]:
    return sequence if sequence.native is not None else ()


def _certification(signature: EmbeddedPdfSignature) -> int | None:
    references = entry(signature.sig_object, "/Reference")
    for reference in references or ():
        if entry(reference.get_object(), "/TransformMethod") == "/DocMDP":
            level = signature.docmdp_level
            return level.value if level else None
    return None


def _claimed(item: Item) -> datetime | None:
    """What the CMS says, or else the dictionary (/M)."""
    signature = item.signature
    try:
        if item.cms.may_have(plain_cms.SIGNING_TIME):
            moment = signature.self_reported_timestamp
        elif "/M" in signature.sig_object:
            moment = parse_pdf_date(signature.sig_object["/M"], strict=signature.reader.strict)
        else:
            moment = None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _verdict(
    draft: SignatureReport, verdict: Verdict, sub: str | None, reasons: tuple[Reason, ...]
) -> SignatureReport:
    if verdict is Verdict.VALID:
        indication = Indication.TOTAL_PASSED
    elif verdict is Verdict.TAMPERED or sub in {"FORMAT_FAILURE", "SIG_CRYPTO_FAILURE", "REVOKED"}:
        indication = Indication.TOTAL_FAILED
    else:
        indication = Indication.INDETERMINATE
    return draft.model_copy(
        update={
            "verdict": verdict,
            "indication": indication,
            "sub_indication": sub,
            "reasons": reasons,
        }
    )
