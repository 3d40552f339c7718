"""Version 1: multipart forms; the signed file is the body, its name a header."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.signing.bsre import service
from backend.signing.bsre.orders import Order
from backend.signing.bsre.service import Signed, Status, UncertainError
from backend.signing.bsre.transport import Address, Answer, call
from backend.signing.provider import Activation
from backend.signing.vaults.vault import Secret

GROWTH = 8 * 1024 * 1024
"""The most bytes that a signature, its picture included, may add to a file."""


@dataclass(frozen=True)
class VersionOne:
    """A `Service`."""

    address: Address
    corners: bool = False
    """This server takes `width` and `height` for the upper right corner."""
    largest: int = 64 * 1024 * 1024
    version = "v1"
    activation = Activation.PASSPHRASE
    at_once = 1

    def ask(self, nik: str) -> Answer:
        return call(self.address, "GET", f"/api/user/status/{nik}")

    def status(self, nik: str) -> Status:
        return service.status(self.ask(nik))

    def send_code(self, nik: str, files: int) -> None:
        """There are no codes in version 1."""
        raise NotImplementedError

    def sign(self, nik: str, secret: Secret, orders: Sequence[Order]) -> list[Signed]:
        (order,) = orders
        fields = {
            "nik": nik,
            "passphrase": secret.reveal().decode(),
            "reason": order.reason,
            **self._placed(order),
        }
        files: dict[str, Any] = {"file": ("dokumen.pdf", order.data, "application/pdf")}
        if order.visible is not None:
            files["imageTTD"] = ("ttd.png", order.visible.picture, "image/png")
        most = len(order.data) + GROWTH
        answer = call(self.address, "POST", "/api/sign/pdf", most=most, data=fields, files=files)
        service.require_dispatched(answer)
        reference = answer.headers.get("id_dokumen")
        if not answer.body:
            raise UncertainError("zero-bytes", reference)
        return [Signed(answer.body, reference)]

    def _placed(self, order: Order) -> dict[str, str]:
        if order.visible is None:
            return {"tampilan": "invisible"}
        placement = order.visible.placement
        place = order.visible.from_below(corners=self.corners)
        if placement.tag is not None:
            # The character says where; only the size is ours to give.
            return {
                "tampilan": "visible",
                "image": "true",
                "tag_koordinat": placement.tag,
                "width": f"{placement.width:g}",
                "height": f"{placement.height:g}",
            }
        return {"tampilan": "visible", "image": "true", "page": str(placement.page), **place}

    def download(self, reference: str) -> bytes | None:
        answer = call(self.address, "GET", f"/api/sign/download/{reference}", most=self.largest)
        return answer.body if answer.status == 200 and answer.body else None

    def verify(self, data: bytes) -> str | None:
        files = {"signed_file": ("dokumen.pdf", data, "application/pdf")}
        said = call(self.address, "POST", "/api/sign/verify", files=files).json() or {}
        summary = said.get("summary")
        return summary if isinstance(summary, str) else None
