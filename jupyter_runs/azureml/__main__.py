"""``python -m jupyter_runs.azureml script.py …``: run a script written for that SDK."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from jupyter_runs.azureml import install


def main() -> None:
    """Run the script that is named by the first argument."""
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        print("usage: python -m jupyter_runs.azureml SCRIPT [ARGUMENT …]")  # noqa: T201 - asked for
        sys.exit(0 if len(sys.argv) > 1 else 2)
    script = Path(sys.argv[1])
    if not script.is_file():
        print(f"error: there is no script {str(script)!r}", file=sys.stderr)  # noqa: T201 - for the person
        sys.exit(2)
    install()
    del sys.argv[0]
    sys.path.insert(0, str(script.resolve().parent))
    runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    main()
