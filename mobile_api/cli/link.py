"""Makes this folder's code and the `centang` command part of the running virtual environment.

The same as an editable install, without a build back end that would have to be fetched for it.
"""

import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = """#!{python}
import sys

from mobile_api.cli import main

sys.exit(main())
"""


def link() -> None:
    """Writes a path file and the command; doing it again changes nothing."""
    if sys.prefix == sys.base_prefix:
        raise SystemExit("Run this with the virtual environment's Python.")
    Path(sysconfig.get_path("purelib"), "centang.pth").write_text(f"{ROOT}\n")
    command = Path(sysconfig.get_path("scripts"), "centang")
    command.write_text(COMMAND.format(python=sys.executable))
    command.chmod(0o755)


if __name__ == "__main__":
    link()
