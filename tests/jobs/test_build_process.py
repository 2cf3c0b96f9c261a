"""A build's commands: what they print, how they end, and how they are ended."""

from __future__ import annotations

import io
import sys

import pytest
from building import gone, wait_until

from jupyter_runs.jobs.build import Canceled
from jupyter_runs.jobs.build.process import Job
from jupyter_runs.jobs.build.reasons import pip_reason


@pytest.fixture
def log():
    return io.BytesIO()


@pytest.fixture
def job(log):
    return Job(log, lambda: False, lambda _: None)


def run(job, code, *arguments):
    return job.run([sys.executable, "-c", code, *arguments])


def test_output_goes_to_the_log_as_it_is_and_its_lines_are_kept(job, log):
    assert run(job, r"print('one\r two\r three'); print('é', end='')") == 0
    assert log.getvalue().split(b"\n", 1)[1] == "one\r two\r three\né".encode()
    assert job.last_output == [" three", "é"]


def test_exit_codes_and_commands_that_are_not_there(job, log):
    assert run(job, "import sys; sys.exit(3)") == 3
    assert run(job, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)") == 139
    assert job.run(["/no/such/command"]) == 127
    assert b"/no/such/command" in log.getvalue()


def test_a_command_has_nothing_to_read_and_nobody_to_ask(job):
    assert run(job, "import sys; sys.exit(len(sys.stdin.read()))") == 0


def test_what_a_command_leaves_behind_is_taken_down_with_it(job, tmp_path):
    code = (
        "import subprocess, sys; p = subprocess.Popen(['sleep', '600']);"
        "open(sys.argv[1], 'w').write(str(p.pid)); print('done')"
    )
    assert run(job, code, str(tmp_path / "pid")) == 0
    assert job.last_output == ["done"]
    pid = int((tmp_path / "pid").read_text())
    wait_until(lambda: gone(pid), "the end of what it left")


def test_what_has_closed_its_output_can_still_be_canceled(log, tmp_path):
    closed = tmp_path / "closed"
    job = Job(log, closed.exists, lambda _: None)
    code = (
        "import os, pathlib, sys, time; os.close(1); os.close(2);"
        "pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
    )
    with pytest.raises(Canceled):
        run(job, code, str(closed))


def test_a_log_that_takes_no_more_does_not_end_the_build(job):
    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(28, "No space left on device")

    full = Job(Full(), lambda: False, lambda _: None)
    assert run(full, "print('x' * 100_000)") == 0


def test_a_package_without_a_wheel_is_named_with_what_its_build_raised():
    said = """\
Collecting scikit-learn==0.22.1
  error: subprocess-exited-with-error
  ╰─> [20 lines of output]
      Traceback (most recent call last):
      ModuleNotFoundError: No module named 'pkg_resources'
      [end of output]
note: This error originates from a subprocess, and is likely not a problem with pip.
error: subprocess-exited-with-error"""
    assert pip_reason(said.splitlines()) == (
        "scikit-learn==0.22.1 has no wheel for this Python, and can't be built from its source: "
        "ModuleNotFoundError: No module named 'pkg_resources'"
    )
