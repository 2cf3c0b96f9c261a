"""Names: what may be one, and names made for those who gave none."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import TYPE_CHECKING

from jupyter_runs.capture import words
from jupyter_runs.errors import ExperimentNameError, WorkspaceNameError
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

_EXPERIMENT = re.compile(r"[A-Za-z0-9][\w-]{0,254}")
_WORKSPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_MOST_COMPARED = 5000
_NAME_BYTES = 255  # what a file system takes for one folder

# its own generator: a person's `random.seed(0)` must neither steer nor be steered by our names
_random = random.SystemRandom()

ADJECTIVES = tuple(words.ADJECTIVES.split())
NOUNS = tuple(words.NOUNS.split())


def display_name() -> str:
    """Make a name of two words, such as ``brave-otter``."""
    return f"{_random.choice(ADJECTIVES)}-{_random.choice(NOUNS)}"


def make_run_id(name: str) -> str:
    """Make the id of a run called `name`: the name as far as an id can hold it, and 40 random bits.

    >>> len(make_run_id("brave-otter")) == len("brave-otter-") + 8
    True
    """
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:60].strip("-_")
    return f"{slug or 'run'}-{''.join(_random.choices('abcdefghjkmnpqrstuvwxyz23456789', k=8))}"


def check_experiment_name(name: object) -> str:
    """Return `name` if an experiment may be called so, else raise `ExperimentNameError`."""
    if not isinstance(name, str):
        raise ExperimentNameError(
            f"the name of an experiment is a str, not {type(name).__name__} ({name!r})"
        )
    normal = unicodedata.normalize("NFC", name)
    if not _EXPERIMENT.fullmatch(normal) or len(normal.encode("utf-8", "replace")) > _NAME_BYTES:
        raise ExperimentNameError(
            f"{shown(name)} can't name an experiment: a name starts with one of A-Z a-z 0-9, holds "
            f"letters, digits, '_' and '-', and has at most 255 characters; "
            f"try {experiment_name_from(name)!r}"
        )
    return normal


def check_workspace_name(name: object) -> str:
    """Return `name` if a workspace may be called so, else raise `WorkspaceNameError`."""
    if not isinstance(name, str) or not _WORKSPACE.fullmatch(name):
        raise WorkspaceNameError(
            f"{shown(name)} can't name a workspace: a name is a str which starts with one of "
            "A-Z a-z 0-9, holds these, '_' and '-', and has at most 100 characters"
        )
    return name


def experiment_name_from(text: str, default: str = "default") -> str:
    """Turn any text, such as the name of a notebook, into the name of an experiment.

    >>> experiment_name_from("My notebook (1)")
    'My-notebook-1'
    """
    name = re.sub(r"[^\w-]+", "-", unicodedata.normalize("NFC", text))
    name = re.sub(r"^[^A-Za-z0-9]+", "", name).rstrip("-_")[:200]
    while len(name.encode("utf-8", "replace")) > _NAME_BYTES:
        name = name[:-1]
    return name if _EXPERIMENT.fullmatch(name) else default


def near(name: str, known: Iterable[str], limit: int = 5) -> list[str]:
    """Return those of `known` that a person who wrote `name` may have meant, best first."""
    import difflib

    candidates = list(known)
    if len(candidates) > _MOST_COMPARED:  # each costs 10 µs: of many, only those that begin alike
        candidates = [each for each in candidates if each[:3].lower() == name[:3].lower()]
    found = difflib.get_close_matches(name, candidates, n=limit, cutoff=0.6)
    lower = name.lower()
    for candidate in candidates:
        if len(found) >= limit:
            break
        if candidate not in found and lower and lower in candidate.lower():
            found.append(candidate)
    return found


def did_you_mean(name: str, known: Iterable[str], what: str = "there are") -> str:
    """Return the end of an error message: near names, else a few that there are.

    >>> did_you_mean("los", ["loss", "acc"])
    "did you mean 'loss'?"
    """
    candidates = list(known)
    close = near(name, candidates)
    if close:
        return f"did you mean {' or '.join(map(repr, close))}?"
    if not candidates:
        return "there are none yet"
    shown = ", ".join(map(repr, candidates[:10]))
    rest = f" and {len(candidates) - 10:,} more" if len(candidates) > 10 else ""
    return f"{what} {shown}{rest}"
