"""Damaged journals, and what may be read of them; a program of its own, run by several at once.

The law: no reader fails; what it takes out of a page that has a seal was logged; what is missing is told; and both
readers say the same. Lines of events have no checksum: damage in them may change a text, never a number of a page.
"""

from __future__ import annotations

import collections
import json
import os
import random
import shutil
import sys
import time
from pathlib import Path

from jupyter_runs.journal import RunFolder, RunReader, Writer, read_status

PAGE = 4096
COUNT = 500


def make(home, name, chance, *, closed):
    """Log a bit of everything; an open one is left as a killed process leaves it."""
    folder = RunFolder.create(home, name, {"owner": "main"})
    writer = Writer(folder, name="main")
    logged = set()
    for i in range(COUNT):
        if i % 20 == 7:
            writer.log_metrics({"a": i * 1.5, "b": i * 2.5, "c": i * 3.5}, step=i)
            logged |= {("b", i, i * 2.5), ("c", i, i * 3.5)}
        else:
            writer.log("a", i * 1.5, step=i)
        logged.add(("a", i, i * 1.5))
        if i % 50 == 0:
            writer.log_row("r", {"x": i, "y": -i * 0.5})
            writer.log("text", f"text {i}", step=i)
            writer.log_list("l", [i, None, "x"])
            writer.log_table("t", {"u": [i], "v": ["w"]})
            writer.event("tag", key=f"k{i}", value=chance.random())
    place = folder.journal / "main"
    if closed:
        writer.close()
        return folder, logged
    copy = RunFolder.create(home, f"{name}-open", {"owner": "main"})
    shutil.copytree(place, copy.journal / "main")
    writer.close()
    return copy, logged


def spoil(raw, others, chance):
    """Return damaged bytes, and what was done."""
    raw = bytearray(raw)
    how = chance.choice(("bits", "bits", "cut", "garbage", "zeros", "swap", "repeat", "foreign"))
    at = chance.randrange(len(raw))
    size = chance.choice([1, 8, 32, 600, PAGE])
    if size == PAGE:
        at -= at % PAGE
    elif size == 32:
        at -= at % 32
    if how == "bits":
        for _ in range(chance.choice([1, 1, 2, 9])):
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    elif how == "cut":
        del raw[at:]
    elif how in ("garbage", "zeros"):
        part = len(raw[at : at + size])
        raw[at : at + size] = chance.randbytes(part) if how == "garbage" else bytes(part)
    else:
        source = raw if how != "foreign" else bytearray(chance.choice(others))
        to = chance.randrange(max(1, len(source) - size))
        if size in (32, PAGE):
            to -= to % size
        part, there = raw[at : at + size], source[to : to + size]
        part, there = part[: len(there)], there[: len(part)]
        raw[at : at + len(there)] = there
        if how == "swap":
            raw[to : to + len(part)] = part
    return bytes(raw), how


def doubtful(before, after):
    """Return how many records stood in pages that have lost their seal: these are taken for the open part."""
    found = 0
    for start in range(0, len(before), PAGE):
        page = after[start : start + PAGE]
        if len(page) < PAGE or not any(page[-8:]):
            found += 127
    return found


def look(reader):
    """Ask for all there is; return the numbers of scalars."""
    found = []
    for metric in reader.metrics.values():
        metric.result()
        if metric.kind in ("scalar", "list"):
            values, steps = metric.values(), metric.steps()
            lengths = metric.count, len(values), len(steps), len(metric.times())
            assert len(set(lengths)) == 1, f"{metric.name}: {lengths}"
            if metric.kind == "scalar":
                found += [
                    (metric.name, step, value if value == value else "nan")  # equal to itself
                    for step, value in zip(steps, values)
                    if type(value) is float
                ]
        elif metric.kind in ("row", "table"):
            assert len({len(column) for column in metric.columns().values()}) <= 1
        else:
            list(metric.items())
    assert all(isinstance(text, str) for text in reader.damage)
    _ = reader.tags, reader.files, reader.last_step, reader.last_time, reader.params
    return found


def one(folder, logged, originals, closed, chance, tally):
    """Damage one journal, read it in both ways, and mend it again."""
    lines = [path for path in originals if path.name == "events.jsonl"]
    numbers = [path for path in originals if path not in lines]
    chosen = set(chance.sample(numbers, chance.choice([1, 1, 2, len(numbers)])))
    spoils_lines = chance.random() < 0.25
    if spoils_lines:
        chosen = set(lines) | (chosen if chance.random() < 0.3 else set())
    loose, kinds = 0, []
    if chance.random() < 0.03:  # whole files change places
        one, two = chance.sample(numbers, 2)
        one.write_bytes(originals[two])
        two.write_bytes(originals[one])
        chosen = set()
        kinds.append("files swapped")
    for path in chosen:
        after, how = spoil(originals[path], list(originals.values()), chance)
        path.write_bytes(after)
        kinds.append(how)
        if path in numbers:
            loose += doubtful(originals[path], after)
        else:  # lines carry no checksum: a part of one over a part of another may make a value of a tag's
            loose += 2
    answers = []
    for plain in (True, False):
        reader = RunReader(folder, plain=plain)
        reader.poll()
        found = look(reader)
        reader.poll()
        assert look(reader) == found
        read_status(folder, reader)
        if spoils_lines:  # names may have changed; the numbers have not
            made_up = {f[1:] for f in found} - {known[1:] for known in logged}
        else:
            made_up = set(found) - logged
        twice = sum(n - 1 for n in collections.Counter(found).values())
        assert len(made_up) <= loose, f"{kinds}: {sorted(made_up, key=str)[:3]} were never logged"
        if closed and not (
            spoils_lines or reader.damage
        ):  # without a goodbye, the end may be missing
            tally["silent"] += 1
            assert not made_up, (
                f"{kinds}: {sorted(made_up)[:3]} were never logged, and nothing told"
            )
            assert not twice, f"{kinds}: {twice} come twice, and nothing is told"
            assert not logged - set(found), f"{kinds}: some are lacking, and nothing is told"
        answers.append((found, reader.damage))
    assert answers[0] == answers[1], f"{kinds}: both readers differ"
    tally["told"] += bool(answers[0][1])
    for path in originals:
        if path in chosen or kinds[:1] == ["files swapped"]:
            path.write_bytes(originals[path])


def main(home, seed, count):
    """Damage ``count`` journals one after the other; print what was found."""
    chance, tally, began = random.Random(seed), collections.Counter(), time.monotonic()
    journals = []
    for number in range(2):
        os.environ["JUPYTER_RUNS_JOURNAL"] = ("map", "write")[number % 2]
        for closed in (True, False):
            folder, logged = make(
                Path(home), f"run-{seed}-{number}-{closed}", chance, closed=closed
            )
            place = folder.journal / "main"
            files = sorted(p for p in place.iterdir() if p.name != "alive")
            journals.append((folder, logged, {path: path.read_bytes() for path in files}, closed))
    for number in range(int(count)):
        folder, logged, originals, closed = journals[number % len(journals)]
        try:
            one(folder, logged, originals, closed, chance, tally)
        except Exception as error:
            raise AssertionError(f"journal {seed}-{number}: {error!r}") from error
    print(json.dumps({**tally, "seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
