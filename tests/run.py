"""What ``hatch run test`` runs: gets what only the tests need, then pytest.

That is a Chromium (found on PATH, else Playwright's own, else installed with apt where that is
allowed) and the `torch` extra, too heavy for an environment that the demo shares.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

# the fonts are mere recommendations there, and without them pages have no text
PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-liberation")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "browser"))

from chromium import MISSING, find_chromium  # noqa: E402


def main() -> int:
    """Run pytest with the arguments given; return its exit status."""
    try:
        os.environ["JUPYTER_RUNS_CHROMIUM"] = find_chromium() or install_chromium()
        ensure_torch()
    except LookupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    # a shell that runs us in the background has children ignore Ctrl-C, which tests send
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return subprocess.call([sys.executable, "-m", "pytest", *sys.argv[1:]], cwd=HERE.parent)


def install_chromium() -> str:
    """Install Debian's or Ubuntu's Chromium where we may; return its path."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise LookupError(MISSING)
    print("No Chromium found: installing it with apt-get", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            [apt, "-q", *arguments],
            env=env,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            print(done.stdout[-4000:], file=sys.stderr)
            break
    found = find_chromium()
    if found is None:
        raise LookupError(MISSING)
    return found


def ensure_torch() -> None:
    """Install the `torch` extra unless some torch and torchvision are there."""
    if find_spec("torch") and find_spec("torchvision"):
        return
    wanted = [
        requirement.partition(";")[0].strip()
        for requirement in metadata.requires("jupyter-runs") or []
        if "extra == 'torch'" in requirement.replace('"', "'")
    ]
    print(f"Installing {' '.join(wanted)} for the tests", flush=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", *wanted]
    if subprocess.call(command):
        raise LookupError(f"{' '.join(wanted)} could not be installed; see pip's message above")


if __name__ == "__main__":
    sys.exit(main())
