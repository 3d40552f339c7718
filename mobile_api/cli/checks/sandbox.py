"""Whether strangers' files can be examined here, and how well the examining process is confined."""

import sys
from collections.abc import Iterator

from backend.bootstrap import Services
from backend.core.sandbox import Sandbox, SandboxError
from mobile_api.cli.checks import Finding, fail, warn

EXPECTED = {
    "landlock": "the installation's files stay within a broken parser's reach",
    "seccomp": "a broken parser could open network connections",
}


def files_can_be_examined(services: Services) -> Iterator[Finding]:
    try:
        with Sandbox(services.settings).run("backend.documents.pdf.probe", {}, inputs={}) as result:
            held = result.held
    except SandboxError as error:
        yield fail(
            f"No PDF can be examined: the confined process ends ({type(error).__name__}).",
            "Install Centang anew in its own environment; Python's files must be below its prefix.",
        )
        return
    if sys.platform != "linux":
        yield warn(
            "This system confines the examination of files by resource limits alone.",
            "Use Linux where strangers may upload.",
        )
        return
    for part in sorted(EXPECTED.keys() - held):
        yield warn(
            f"The kernel offers no {part}: {EXPECTED[part]}.",
            "Use a kernel from 5.13 on that has it switched on, and a container that permits it.",
        )


CHECKS = (files_can_be_examined,)
