"""What it costs to list runs from the index, to bring it up to date, and to make it anew."""

from __future__ import annotations

import json
import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from timing import Pair, each, paired

from jupyter_runs.index import Index, Query
from jupyter_runs.journal import RunFolder, Writer

METRICS = ("loss", "acc", "val/loss", "val/acc", "lr")
LISTED, REBUILT, MANY, ACTIVE = 1_000, 10_000, 100_000, 100


def begin(workspace: Path, number: int) -> Writer:
    """Begin a run as trainings do: a few params and tags, five metrics, 20 steps."""
    owner = f"main-{number}"
    said = {"experiment": f"e{number % 7}", "number": number, "name": f"brave otter {number}"}
    said |= {"type": "interactive", "creator": "me", "created": 1e9 + number, "owner": owner}
    folder = RunFolder.create(workspace, f"run-{number:06d}", said)
    writer = Writer(folder, name=owner)
    writer.event("param", key="lr", value=number / 1000)
    writer.event("tag", key="model", value="cnn" if number % 3 else "mlp")
    writer.event("property", key="commit", value="0123abc")
    for step in range(20):
        log(writer, step, number / 7)
    return writer


def log(writer: Writer, step: int, value: float) -> None:
    """Log a step."""
    writer.log_metrics({name: value / (step + n + 1) for n, name in enumerate(METRICS)}, step)


def end(writer: Writer) -> None:
    """End a run well."""
    writer.close()
    writer.folder.end("Completed")


@contextmanager
def a_home():
    """Give a home, and a cache folder beside it."""
    with tempfile.TemporaryDirectory(prefix="jupyter-runs-bench-") as place:
        yield prepared(Path(place))


def prepared(place: Path) -> Path:
    """Return a home in a folder; the index lies there too."""
    os.environ["JUPYTER_RUNS_CACHE"] = str(place / "cache")
    return place / "home"


def copied(run: Path, workspace: Path, number: int) -> None:
    """Copy an ended run: its journal is linked, which is as good for who only reads it."""
    folder = workspace / "runs" / f"run-{number:06d}"
    said = json.loads((run / "run.json").read_text())
    for part in ("journal", f"journal/{said['owner']}", "control"):
        (folder / part).mkdir(parents=True)
        for file in (run / part).iterdir():
            if file.is_file():
                os.link(file, folder / part / file.name)
    said |= {"id": folder.name, "number": number, "created": 1e9 + number}
    (folder / "run.json").write_text(json.dumps(said))


def fill(home: Path, count: int) -> None:
    """Make so many ended runs; a real one now and then, for a file can't have links without end."""
    for number in range(count):
        if number % 10_000 == 0:
            writer = begin(home / "w", number)
            end(writer)
        else:
            copied(writer.folder.path, home / "w", number)


def files(home: Path, most: int) -> list[Path]:
    """Return the files of some runs."""
    runs = sorted((home / "w" / "runs").iterdir())[:most]
    return [path for run in runs for path in run.rglob("*") if path.is_file()]


def listed() -> dict[str, Pair]:
    """List 1,000 runs with their last metrics; see that 100 which go on have nothing new, and that they have."""
    with a_home() as home:
        for number in range(LISTED - ACTIVE):
            end(begin(home / "w", number))
        active = [begin(home / "w", LISTED - ACTIVE + number) for number in range(ACTIVE)]
        index = Index(home)
        index.catch_up()
        time.sleep(2.1)  # a folder changed a moment ago is looked at more closely
        index.catch_up()

        def page(count: int) -> None:
            for _ in range(count):
                index.catch_up()
                rows = index.page(Query(limit=LISTED)).rows
                assert len(rows) == LISTED
                assert rows[0].metrics["loss"].last is not None

        def idle(count: int) -> None:
            for _ in range(count):
                assert index.catch_up() == 0

        def floor(count: int) -> None:
            for _ in range(count):
                for entry in os.scandir(home / "w" / "runs"):
                    entry.stat()

        found = {
            "list 1,000": paired(page, floor, 1, 1),
            "100 active, nothing new": paired(idle, floor, 3, 1),
        }
        taken = []
        for step in range(20):
            for writer in active:
                log(writer, step, time.time())
            start = time.perf_counter()
            assert index.catch_up() == ACTIVE
            taken.append(time.perf_counter() - start)
        found["100 active, all changed"] = sorted(taken)[len(taken) // 2], each(floor, 3)
        for writer in active:
            end(writer)
        index.close()
    return found


def rebuilt() -> dict[str, Pair]:
    """Make the index of 10,000 runs anew; figures are for one run."""
    with a_home() as home:
        fill(home, REBUILT)
        index = Index(home)
        index.catch_up()
        start = time.perf_counter()
        assert index.rebuild() == REBUILT
        ours = (time.perf_counter() - start) / REBUILT
        index.close()
        paths = files(home, 1_000)
        start = time.perf_counter()
        for path in paths:
            path.read_bytes()
        floor = (time.perf_counter() - start) / 1_000
    return {"rebuild": (ours, floor)}


def many(place: Path) -> dict[str, Pair]:
    """Ask for the first page of 100,000 runs, and filter and sort them."""
    home = prepared(place / "many")
    if not home.exists():
        fill(home, MANY)
    index = Index(home)
    index.catch_up()
    time.sleep(2.1)
    index.catch_up()

    def page(count: int) -> None:
        for _ in range(count):
            index.catch_up()
            found = index.page(Query())
            assert (len(found.rows), found.total) == (50, MANY)

    def floor(count: int) -> None:
        for _ in range(count):
            (home / "w" / "runs").stat()

    pair = paired(page, floor, 1, 1)
    index.close()
    return {"first page of 100,000": pair}
