"""Version 2: JSON with files in Base64."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.signing.bsre import service
from backend.signing.bsre.orders import Order
from backend.signing.bsre.service import Signed, Status, UncertainError
from backend.signing.bsre.transport import Address, Answer, call
from backend.signing.bsre.v1 import GROWTH
from backend.signing.provider import Activation
from backend.signing.vaults.vault import Secret


@dataclass(frozen=True)
class VersionTwo:
    """A `Service`."""

    address: Address
    at_once: int = 1
    activation: Activation = Activation.PASSPHRASE
    unturned: bool = False
    """This server knows nothing of turned pages: it counts, and draws, as if they were not."""
    version = "v2"

    def ask(self, nik: str) -> Answer:
        return call(self.address, "POST", "/api/v2/user/check/status", json={"nik": nik})

    def status(self, nik: str) -> Status:
        return service.status(self.ask(nik))

    def send_code(self, nik: str, files: int) -> None:
        content = {"nik": nik, "data": files}
        answer = call(self.address, "POST", "/api/v2/sign/get/totp", json=content)
        if answer.status != 200 or (answer.json() or {}).get("success") is not True:
            raise service.refusal(answer)

    def sign(self, nik: str, secret: Secret, orders: Sequence[Order]) -> list[Signed]:
        name = "totp" if self.activation is Activation.SERVICE_CODE else "passphrase"
        content = {
            "nik": nik,
            name: secret.reveal().decode(),
            "signatureProperties": [self._properties(order) for order in orders],
            "file": [base64.b64encode(order.data).decode() for order in orders],
        }
        most = 2 * sum(len(order.data) + GROWTH for order in orders)
        answer = call(self.address, "POST", "/api/v2/sign/pdf", most=most, json=content)
        service.require_dispatched(answer)
        files = _files((answer.json() or {}).get("file"))
        if not any(files):
            raise UncertainError("zero-bytes")
        return [Signed(data, None) for data in _of_each(orders, files)]

    def _properties(self, order: Order) -> dict[str, Any]:
        words, visible = {"reason": order.reason}, order.visible
        if visible is None:
            return {"tampilan": "INVISIBLE", **words}
        placement = visible.placement
        picture = visible.picture_before_turn if self.unturned else visible.picture
        image = base64.b64encode(picture).decode()
        shown = {"tampilan": "VISIBLE", "imageBase64": image, **words}
        place = visible.from_above(unturned=self.unturned)
        if placement.tag is not None:
            size = {name: place[name] for name in ("width", "height")}
            return {**shown, "tag_koordinat": placement.tag, **size}
        return {**shown, "page": placement.page, **place}

    def download(self, reference: str) -> bytes | None:
        """Nothing is kept to be fetched."""
        del reference
        return None

    def verify(self, data: bytes) -> str | None:
        content = {"file": base64.b64encode(data).decode()}
        said = call(self.address, "POST", "/api/v2/verify/pdf", json=content).json() or {}
        conclusion = said.get("conclusion")
        return conclusion if isinstance(conclusion, str) else None


def _of_each(orders: Sequence[Order], files: Sequence[bytes]) -> list[bytes]:
    """The file that begins with what was sent; else the one at its place, where as many came.

    So one that is left out of the answer, or comes in another place, spoils no other.
    """
    whole = len(files) == len(orders)
    found = []
    for index, order in enumerate(orders):
        at_its_place = files[index] if whole else b""
        grown = (data for data in (at_its_place, *files) if data.startswith(order.data))
        found.append(next(grown, at_its_place))
    return found


def _files(texts: object) -> list[bytes]:
    """The files of an answer, each decoded; what is no Base64 counts as empty."""
    if not isinstance(texts, list):
        return []
    files = []
    for text in texts:
        try:
            files.append(base64.b64decode(str(text), validate=True))
        except (binascii.Error, ValueError):
            files.append(b"")
    return files
