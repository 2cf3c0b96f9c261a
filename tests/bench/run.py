"""Measures every speed that the project promises, each beside its floor in the same run: ``hatch run bench``.

Nothing here fails because it is slow: the table says what was reached, and whoever reads it judges.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from machine import machine
from rows import GROUPS, ROWS, Row

NOTE = """\
floor: what the machine itself takes for the like, in the same process, in turn with ours. met: the median of the
repetitions, each in a process of its own; between the brackets the smallest and the largest."""


def main() -> int:
    """Measure what the arguments ask for, and print it."""
    parser = argparse.ArgumentParser(prog="hatch run bench", description=__doc__)
    parser.add_argument(
        "--json", metavar="FILE", help="write all figures to a file too; - prints them instead"
    )
    parser.add_argument(
        "--only", metavar="ROW,...", help="measure these rows alone (parts of their names)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one repetition: a look, no measurement"
    )
    parser.add_argument("--group", help=argparse.SUPPRESS)
    parser.add_argument("--scratch", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.group:  # a process of its own for each repetition
        print(json.dumps(GROUPS[args.group].measure(Path(args.scratch))))
        return 0
    words = [word.strip() for word in (args.only or "").split(",") if word.strip()]
    chosen = [row for row in ROWS if not words or any(word in row.name for word in words)]
    if not chosen:
        parser.error(
            f"no row has {args.only!r} in its name; there are: {', '.join(r.name for r in ROWS)}"
        )
    here = machine()
    quiet = args.json == "-"
    if not quiet:
        print(", ".join(f"{key}: {value}" for key, value in here.items()))
        if here["load"] > 0.5:
            print(
                f"warning: the load is {here['load']} already; figures will be worse than they are"
            )
    found = measure(chosen, 1 if args.quick else 5, quiet=quiet)
    if not quiet:
        table(chosen, found)
    if args.json:
        text = json.dumps({"machine": here, "rows": told(chosen, found)}, indent=1)
        print(text) if quiet else Path(args.json).write_text(text + "\n", encoding="utf-8")
    return 0


def measure(rows: list[Row], times: int, *, quiet: bool) -> dict[str, list[Any]]:
    """Return what each repetition found, by row."""
    found: dict[str, list[Any]] = {}
    groups = list(dict.fromkeys(row.group for row in rows))
    with tempfile.TemporaryDirectory(prefix="jupyter-runs-bench-") as scratch:
        for group in groups:
            for number in range(min(times, GROUPS[group].most)):
                if not quiet:
                    print(
                        f"\r{group}, {number + 1} of {times} … ",
                        end="",
                        file=sys.stderr,
                        flush=True,
                    )
                command = [sys.executable, __file__, "--group", group, "--scratch", scratch]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                for name, value in json.loads(done.stdout.splitlines()[-1]).items():
                    found.setdefault(name, []).append(value)
    if not quiet:
        print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    return found


def table(rows: list[Row], found: dict[str, list[Any]]) -> None:
    """Print the rows, one below the other."""
    lines = [("what", "ours", "floor", "ratio", "goal", "")]
    for row in rows:
        values = found.get(row.name)
        if not values:
            lines.append((row.title, "not measured here", "", "", row.goal_text, ""))
            continue
        lines.append(row.line(values))
    widths = [max(len(line[i]) for line in lines) for i in range(6)]
    for line in lines:
        cells = [
            line[0].ljust(widths[0]),
            *(line[i].rjust(widths[i]) for i in range(1, 5)),
            line[5],
        ]
        print("  ".join(cells).rstrip())
    print(NOTE)


def told(rows: list[Row], found: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Return the rows for other programs: seconds, bytes or parts of one."""
    result = []
    for row in rows:
        values = found.get(row.name, [])
        one = {"name": row.name, "what": row.title, "goal": row.goal_text, "values": values}
        if values and not isinstance(values[0], dict):
            one["ours"] = statistics.median(value[0] for value in values)
            one["floor"] = statistics.median(value[1] for value in values)
            one["ratio"] = statistics.median(value[0] / value[1] for value in values)
        one["met"] = row.met(values) if values else None
        result.append(one)
    return result


if __name__ == "__main__":
    sys.exit(main())
