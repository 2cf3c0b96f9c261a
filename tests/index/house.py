"""A home in which things happen, and what its index should say then."""

from __future__ import annotations

import dataclasses
import shutil

import oracle

from jupyter_runs.index import Query
from jupyter_runs.journal import RunFolder, Writer

ALL = Query(include_children=True, archived=True, limit=1000)


class House:
    """A home in which things happen."""

    def __init__(self, home):
        self.home = home
        self.runs: list[tuple[RunFolder, Writer]] = []
        self.made = 0

    def do(self, what, number, one, two):
        """Let something happen."""
        if what == "create":
            self.made += 1
            parent = (
                self.runs[two % len(self.runs)][0].id if two is not None and self.runs else None
            )
            said = {"experiment": f"e{number % 3}", "number": self.made, "created": 1e9 + number}
            said |= {"name": f"run {number}", "type": "t", "owner": f"main-{self.made}"}
            folder = RunFolder.create(self.home / one, f"r{self.made}", {**said, "parent": parent})
            self.runs.append((folder, Writer(folder, name=f"main-{self.made}")))
            return
        if not self.runs:
            return
        folder, writer = self.runs[number % len(self.runs)]
        if what == "log":
            writer.log(one, two)
        elif what == "list":
            writer.log_list(one, two)
        elif what in ("param", "tag", "property"):
            writer.event(what, key=one, value=two)
        elif what == "untag":
            writer.event("untag", key=one)
        elif what == "rename":
            writer.event("rename", name=one)
        elif what == "progress":
            writer.event("progress", done=one, total=10, unit="")
        elif what == "archive":
            writer.event(one)
        elif what == "close":
            writer.close()
        elif what == "end":
            folder.end(one, message=two)
        elif what == "cancel":
            folder.request_cancel("somebody")
        elif what == "delete":
            writer.close()
            self.runs.remove((folder, writer))
            shutil.rmtree(folder.path)
        elif what == "copy in":
            writer.close()
            self.made += 1
            copy = folder.path.with_name(f"r{self.made}")
            shutil.copytree(folder.path, copy)
            self.runs.append((RunFolder(copy), Writer(RunFolder(copy), role="guest")))

    def furnish(self):
        """Make runs of all sorts."""
        for n in range(24):
            self.do("create", n, "wv"[n % 2], n if n % 5 == 0 else None)
            loss = [0.5, n, float("nan"), "done", None, True, -(10**20)][n % 7]
            self.do("log", n, "loss", loss)
            self.do("log", n, "val/loss", n / 10)
            self.do("param", n, "learning rate", [1e-3, "cnn", None, True, "3"][n % 5])
            self.do("param", n, "a.b", n)
            self.do("tag", n, "min", [None, "cnn", "3.5", "TRUE", "ünder"][n % 5])
            self.do("property", n, 'q"', "Cnn.v2"[: n % 7])
            if n % 3:
                self.do("end", n, ["Completed", "Failed"][n % 2], "because")
            self.do("archive", n, ["archive", "reactivate"][n % 4 > 0], None)
            if n % 8:
                self.runs[n][1].close()


def told(row):
    """Return a row as the oracle gives it; compared as text, for NaN is not itself."""
    found = dataclasses.asdict(row)
    del found["changed"]
    found["metrics"] = row.metrics
    return str(found)


def expect(index, home):
    """Compare."""
    page = index.page(ALL)
    found = [told(row) for row in page.rows]
    expected = [str(row) for row in oracle.rows(home)]
    assert [one for one in found if one not in expected] == [
        one for one in expected if one not in found
    ]
    assert found == expected
    assert page.total == len(found)
