"""What every screen is held to: axe without a serious finding, light and dark, no sideways scroll.

With CENTANG_SCREENS naming a folder, each screen is kept there as a picture, for a person's eyes.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, ViewportSize

from tests.e2e.live import ROOT

PHONE: ViewportSize = {"width": 360, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
KEPT = os.environ.get("CENTANG_SCREENS")
AXE = ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
SETTLED = 350
"""Milliseconds for a sheet to rise and a picture to be drawn."""
REPAINTED = 120
"""Milliseconds for every colour to have changed."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_RUN = """async (options) => {
    const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => ({
            rule: id,
            nodes: nodes.map(({ target, failureSummary }) => target.join(" ") + ": " + failureSummary),
        }));
}"""
_AT_REST = """Promise.race([
    Promise.allSettled(document.getAnimations().map((one) => one.finished)),
    new Promise((done) => setTimeout(done, 1000)),
]).then(() => true)"""
# Beyond the edge: the page itself, or a part that scrolls sideways without being meant to.
_WIDE = """(width) => [document.documentElement, ...document.querySelectorAll("body *")]
    .filter((one) => {
        const { overflowX } = getComputedStyle(one);
        const scrolls = one === document.documentElement || overflowX === "auto" || overflowX === "scroll";
        const edge = one === document.documentElement ? width : one.clientWidth;
        return scrolls && one.clientWidth > 1 && one.scrollWidth > edge + 1;
    })
    .map((one) => one.tagName.toLowerCase() + "." + one.className + " " + one.scrollWidth)"""


@dataclass
class Looks:
    """Collects findings over many screens, so that one run names them all."""

    findings: list[str] = field(default_factory=list)

    def at(self, page: Page, screen: str, *, may_pan: str | None = None) -> None:
        """Looks at what `page` shows now. `may_pan` names the one part meant to move sideways."""
        page.wait_for_timeout(SETTLED)
        for wide in page.evaluate(_WIDE, (page.viewport_size or {})["width"]):
            if not may_pan or may_pan not in wide:
                self.findings.append(f"{screen}: wider than the screen: {wide}")
        self._judge(page, screen, "light", {"type": "tag", "values": RULES})
        # What is not a colour is the same at night.
        self._judge(page, screen, "dark", {"type": "rule", "values": ["color-contrast"]})
        page.emulate_media(color_scheme="light")

    def both_widths(self, page: Page, screen: str) -> None:
        before = page.viewport_size
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            self.at(page, f"{screen} {size['width']}", may_pan="desk__sheet")
        page.set_viewport_size(before or DESKTOP)

    def _judge(
        self, page: Page, screen: str, scheme: Literal["light", "dark"], only: dict[str, Any]
    ) -> None:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(REPAINTED)
        page.evaluate(_AT_REST)
        if KEPT:
            name = re.sub(r"[^a-z0-9]+", "-", f"{screen} {scheme}".lower())
            page.screenshot(path=Path(KEPT) / f"{name}.png")
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.read_text())
        options: dict[str, Any] = {"runOnly": only}
        if scheme == "light":
            options["rules"] = {"target-size": {"enabled": True}}
        for found in page.evaluate(_RUN, options):
            for node in found["nodes"]:
                self.findings.append(f"{screen}, {scheme}: {found['rule']}: {node}")
