"""What an office does with its papers over HTTP, with browsers of `remote`."""

from typing import Any

from tests.factories.pdfs import make_pdf
from tests.support.remote import Answer, Remote


def ticked_paper(operator: Remote, signer: Remote) -> str:
    """A new paper that the signer alone signs, read and ticked: their step."""
    session = operator.call("GET", "/session")
    unit = next(role["unit_id"] for role in session["roles"] if role["unit_id"])
    draft = {"unit_id": unit, "type_code": "SE", "subject": "Contoh", "classification": "300"}
    document = operator.call("POST", "/documents", draft, expect=201)["id"]
    answer = operator.http.post(
        f"{operator.live.origin}/api/v1/documents/{document}/versions",
        data=make_pdf(pages=1, lines=[f"Naskah {document}"]),
        headers={"Content-Type": "application/pdf", "X-Filename": "edaran.pdf"},
        timeout=60,
    )
    assert answer.status_code == 202, answer.text
    path = f"/versions/{answer.json()['id']}"
    operator.await_answer(path, lambda version: version["state"] == "ready")
    position = signer.call("GET", "/session")["mandates"][0]["position_id"]
    plan = {"steps": [{"position_id": position, "action": "sign"}]}
    operator.call("PUT", f"/documents/{document}/route", plan)
    operator.call("POST", f"/documents/{document}/queue", {})
    waiting = signer.call("GET", "/inbox")["items"]
    step = next(item["step_id"] for item in waiting if item["document_id"] == document)
    shown = signer.call("POST", f"/steps/{step}/opened", {})
    statement = signer.state(
        "tick+jwt",
        step=step,
        mandate=shown["mandate_id"],
        version=shown["version_id"],
        version_sha256=shown["version"]["sha256"],
        pages=[page["image"]["sha256"] for page in shown["version"]["pages"]],
    )
    signer.call("POST", f"/steps/{step}/tick", {"statement": statement})
    return str(step)


def consent(step: str, facts: Answer) -> Answer:
    """How a SAD names a paper, from what its preflight said."""
    names = {"version_sha256", "prepared_sha256", "input_sha256", "placement"}
    named = {name: facts[name] for name in names if facts.get(name) is not None}
    return {"id": facts["document_id"], "step": step, "action": "sign", **named}


def authorise(signer: Remote, steps: list[str], secrets: Answer, *, expect: int) -> Any:
    """One activation for papers that are ready, with what was typed."""
    facts = [
        signer.await_answer(f"/steps/{step}/signing", lambda answer: answer["ready"])
        for step in steps
    ]
    sad, sealed = signer.envelope(
        "sad+jwt",
        secrets,
        grant=None,
        credential=facts[0]["credential"]["thumbprint"],
        provider=facts[0]["provider"],
        level=facts[0]["level"],
        documents=[consent(step, each) for step, each in zip(steps, facts, strict=True)],
    )
    body = {"sad": sad, "secrets": sealed}
    return signer.call("POST", "/signing/authorisations", body, expect=expect)
