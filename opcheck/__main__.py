"""Run the command line with ``python -m opcheck``."""

import sys

from opcheck.cli import main

sys.exit(main())
