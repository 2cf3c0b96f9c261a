"""``python -m jupyter_runs.cli``, where the command is not on the path."""

import sys

from jupyter_runs.cli import main

sys.exit(main())
