"""A list of all names of that SDK that are known here, in a notebook or as text."""

from __future__ import annotations

from typing import NamedTuple

from jupyter_runs.azureml.names import MODULES
from jupyter_runs.azureml.not_offered import is_absent


class Row(NamedTuple):
    """A module, and which of its names are offered."""

    module: str
    offered: list[str]
    not_offered: list[str]


class Names(list[Row]):
    """Modules with their names; shown as a table."""

    def _repr_html_(self) -> str:
        # the names are ours, from a table: nothing of it needs to be escaped
        rows = "".join(
            f"<tr><th style='text-align: left'>{row.module}</th>"
            f"<td style='text-align: left'>{', '.join(row.offered)}</td>"
            f"<td style='text-align: left'>{', '.join(row.not_offered)}</td></tr>"
            for row in self
        )
        head = "".join(
            f"<th style='text-align: left'>{text}</th>"
            for text in (
                "module",
                "offered",
                "can be imported, and says at the call that it is not offered",
            )
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def __repr__(self) -> str:
        return "\n".join(
            f"{row.module}: {', '.join(row.offered) or '-'}; not offered: {', '.join(row.not_offered) or '-'}"
            for row in self
        )


def offered() -> Names:
    """Return all modules of that SDK that can be imported, with the names that are offered and those that are not."""
    found = Names()
    for module, names in MODULES.items():
        if not names or "._" in module:
            continue
        public = sorted(name for name in names if name[0] != "_")
        absent = [name for name in public if is_absent(names[name])]
        found.append(Row(module, [name for name in public if name not in absent], absent))
    return found
