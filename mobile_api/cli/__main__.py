"""`python -m mobile_api.cli`: the same as `centang`."""

import sys

from mobile_api.cli import main

sys.exit(main())
