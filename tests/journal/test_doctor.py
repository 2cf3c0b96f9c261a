"""The doctor on journals that were damaged for real: it finds what the reader finds, mends, loses nothing."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap

import pytest

from jupyter_runs.journal import RunReader, Writer
from jupyter_runs.journal.doctor import examine
from jupyter_runs.journal.layout import PAGE, SLOT
from jupyter_runs.journal.repair import repair

LONG = bool(os.environ.get("JUPYTER_RUNS_TEST_LONG"))


def logged(folder, *, close=True):
    """Log something of each kind, over several segments."""
    writer = Writer(folder, name="main")
    for step in range(1_500):
        writer.log("a", float(step), step=step)
        writer.log_metrics({"b": step, "c": step / 2}, step)
        if step % 50 == 0:
            writer.log_row("row", {"x": step, "y": float(step)})
            writer.log("text", f"step {step}")
    writer.log_list("list", list(range(3_000)))
    writer.log_list("long list", ["x" * 40] * 1_000)  # lies in a file of its own
    if close:
        writer.close()
    return writer


def values(folder):
    """Return all values that can be read, by metric; numbers with their steps."""
    reader = RunReader(folder)
    reader.poll()
    found = {}
    for name, metric in reader.metrics.items():
        if metric.kind == "row":
            found[name] = [tuple(cells.items()) for _, cells in metric._rows()]
        elif metric.kind in ("scalar", "list"):
            found[name] = [
                (step, repr(value)) for step, value in zip(metric.steps(), metric.values())
            ]
    reader.close()
    return found, reader.damage


def findings(folder, kind="damage"):
    return [finding for one in examine(folder) for finding in one.findings if finding.kind == kind]


def is_within(before, after):
    """Tell whether every value of before is there after, in the same order."""
    for name, told in before.items():
        rest = iter(after.get(name, []))
        if not all(any(one == other for other in rest) for one in told):
            return False
    return True


def test_a_run_that_is_well(folder):
    logged(folder)
    assert findings(folder) == findings(folder, "open") == findings(folder, "leftover") == []
    assert repair(folder) == []
    assert sum(one.values for one in examine(folder)) == 1_500 * 3 + 30 * 2
    assert not (folder.path / "damaged").exists()


def test_a_run_that_goes_on_is_left_alone(folder):
    writer = logged(folder, close=False)
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    assert findings(folder) == []
    assert repair(folder) == []
    assert {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()} == before
    writer.close()


def killed(folder):
    """Log in a process that is killed."""
    code = f"""
        import os, signal
        from jupyter_runs.journal import RunFolder, Writer
        writer = Writer(RunFolder({str(folder.path)!r}), name="main")
        for step in range(1_000):
            writer.log("a", float(step), step=step)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert done.returncode == -signal.SIGKILL


def test_what_a_killed_writer_left_open_is_sealed(folder):
    killed(folder)
    (found,) = findings(folder, "open")
    assert "not sealed" in found.text
    assert found.values == 1_000 - 125 - (125 + 127) - (125 + 3 * 127)
    assert findings(folder) == []
    before = values(folder)
    (mended,) = repair(folder)
    assert mended[1] == "sealed"
    assert findings(folder, "open") == []
    assert values(folder) == before
    assert repair(folder) == []
    # from now on a flipped bit in there is seen
    path = folder.journal / "main" / "scalars-0003.bin"
    raw = bytearray(path.read_bytes())
    raw[5 * SLOT] ^= 1
    path.write_bytes(raw)
    assert findings(folder)


@pytest.mark.parametrize("number", [0, 2, 3])
def test_a_damaged_header_is_written_anew(folder, number):
    logged(folder)
    whole = values(folder)
    path = folder.journal / "main" / f"scalars-{number:04d}.bin"
    original = path.read_bytes()
    path.write_bytes(random.Random(number).randbytes(64) + original[64:])
    lost, complaints = values(folder)
    assert complaints
    assert lost != whole[0]
    (found,) = [f for f in findings(folder) if f.size]
    assert found.file == f"journal/main/{path.name}"
    ((_, how),) = repair(folder)
    assert "header" in how
    assert path.read_bytes() == original
    assert values(folder) == whole
    assert findings(folder) == []
    assert repair(folder) == []


def test_a_damaged_page_is_set_aside_and_told(folder):
    logged(folder)
    whole, _ = values(folder)
    path = folder.journal / "main" / "scalars-0004.bin"
    raw = bytearray(path.read_bytes())
    raw[3 * PAGE + 100] ^= 4
    path.write_bytes(raw)
    before, complaints = values(folder)
    assert len(complaints) == 1
    (found,) = findings(folder)
    assert (found.file, found.offset, found.values) == (f"journal/main/{path.name}", 3 * PAGE, 127)
    repair(folder)
    after, complaints = values(folder)
    assert after == before != whole
    assert complaints == []
    assert findings(folder) == []
    side = folder.path / "damaged" / "journal" / "main" / f"{path.name}@{3 * PAGE}"
    assert side.read_bytes() == bytes(raw[3 * PAGE : 4 * PAGE])
    reader = RunReader(folder)
    reader.poll()
    assert any("127 values are missing" in text for _, text in reader.warnings)
    assert repair(folder) == []


def test_a_damaged_seal_over_sound_values_is_made_anew(folder):
    logged(folder)
    whole = values(folder)
    path = folder.journal / "main" / "scalars-0004.bin"
    original = path.read_bytes()
    raw = bytearray(original)
    raw[2 * PAGE + 4064 + 9] ^= 32
    path.write_bytes(raw)
    assert values(folder) != whole
    repair(folder)
    assert path.read_bytes() == original
    assert values(folder) == whole


def test_lines_that_make_no_sense_are_left_blank(folder):
    logged(folder)
    whole = values(folder)
    path = folder.journal / "main" / "events.jsonl"
    raw = path.read_bytes()
    at = raw.index(b"\n") + 1
    path.write_bytes(raw[:at] + b'{"e": "tag"\n\x00garbage\xff\n' + raw[at:] + b'{"e": "torn')
    assert len(findings(folder)) == 2
    assert len(findings(folder, "open")) == 1
    repair(folder)
    assert values(folder) == whole
    assert findings(folder) == findings(folder, "open") == []
    assert repair(folder) == []


def test_strangers_links_and_pipes(folder, tmp_path):
    """What a copied-in folder may hold: nothing outside is read or changed, nothing hangs."""
    logged(folder)
    outside = tmp_path / "outside.bin"
    outside.write_bytes(b"private" * 1_000)
    place = folder.journal / "main"
    (place / "scalars-0099.bin").symlink_to(outside)
    (folder.journal / "linked").symlink_to(tmp_path)
    os.mkfifo(place / "scalars-0098.bin")
    os.mkfifo(folder.payload / ".pipe.json.1.00000000")
    examine(folder)
    repair(folder)
    assert outside.read_bytes() == b"private" * 1_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside.bin"]


def damage(folder, chance):
    """Damage files of a run as disks and people do."""
    files = sorted(p for p in (folder.journal / "main").iterdir() if p.name != "alive")
    for _ in range(chance.randint(1, 4)):
        path = chance.choice(files)
        raw = bytearray(path.read_bytes())
        at = chance.randrange(len(raw) + 1)
        length = min(chance.choice([1, 4, 32, 64, 4096]), len(raw) - at)
        other = chance.randrange(max(1, len(raw) - length))
        how = chance.choice(["flip", "cut", "garbage", "repeat", "swap", "zero", "more"])
        if how == "flip" and at < len(raw):
            raw[at] ^= 1 << chance.randrange(8)
        elif how == "cut":
            del raw[at:]
        elif how == "garbage":
            raw[at : at + length] = chance.randbytes(length)
        elif how == "repeat":
            raw[at : at + length] = raw[other : other + length]
        elif how == "swap":
            first, second = raw[at : at + length], raw[other : other + length]
            raw[other : other + length], raw[at : at + length] = first, second
        elif how == "zero":
            raw[at : at + length] = bytes(length)
        elif how == "more":
            raw += chance.randbytes(length + 1)
        path.write_bytes(raw)


@pytest.fixture(scope="module")
def sound(home):
    """A run that is damaged in copies."""
    from jupyter_runs.journal import RunFolder

    folder = RunFolder.create(home, "sound", {"owner": "main"})
    logged(folder)
    return folder


@pytest.mark.parametrize("part", range(8))
def test_whatever_is_damaged(sound, home, part):
    from jupyter_runs.journal import RunFolder

    for number in range(1_250 if LONG else 25):
        seed = part * 10_000 + number
        copy = home / "runs" / "damaged-copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(sound.path, copy)
        folder = RunFolder(copy)
        damage(folder, random.Random(seed))
        before, complaints = values(folder)
        found = findings(folder)
        assert bool(complaints) <= bool(found), seed
        for text in complaints:
            file = text.split("/")[1].split(":")[0] if "/" in text else ""
            assert any(file in finding.file for finding in found), (seed, text)
        repair(folder)
        after, left = values(folder)
        assert is_within(before, after), seed
        assert len(left) <= len(complaints), (seed, left)
        files = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
        assert repair(folder) == [], seed
        assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == files, (
            seed
        )


def test_a_repair_that_is_killed_is_done_again(sound, home):
    """At each call to the system that changes something, in turn; the end is the same."""
    from jupyter_runs.journal import RunFolder

    code = """
        import os, signal, sys
        from jupyter_runs.journal import RunFolder
        from jupyter_runs.journal.repair import repair
        left = int(sys.argv[2])
        def counted(call):
            def calls(*args, **kwargs):
                global left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*args, **kwargs)
            return calls
        for name in ("pwrite", "write", "replace", "truncate", "mkdir", "fsync"):
            setattr(os, name, counted(getattr(os, name)))
        repair(RunFolder(sys.argv[1]))
    """
    ends = []
    for calls in (*range(0, 40, 2), 10_000):
        copy = home / "runs" / "killed-repair"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(sound.path, copy)
        folder = RunFolder(copy)
        for name, at in (("scalars-0003.bin", 2 * PAGE + 77), ("scalars-0002.bin", 9)):
            path = folder.journal / "main" / name
            raw = bytearray(path.read_bytes())
            raw[at] ^= 255
            path.write_bytes(raw)
        with (folder.journal / "main" / "events.jsonl").open("ab") as file:
            file.write(b"no line\n")
        command = [sys.executable, "-c", textwrap.dedent(code), str(copy), str(calls)]
        done = subprocess.run(command, check=False)
        assert done.returncode in (0, -signal.SIGKILL)
        repair(folder)
        reader = RunReader(folder)
        reader.poll()
        ends.append((values(folder), sorted(text for _, text in reader.warnings)))
        assert findings(folder) == []
        assert repair(folder) == []
    assert done.returncode == 0
    assert all(end == ends[-1] for end in ends)
