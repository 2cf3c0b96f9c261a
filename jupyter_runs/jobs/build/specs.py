"""What a package specification says: its name, and a conda one in pip's words."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

_PIP = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:$|[<>=!~;@#(])"
)
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tar.bz2", ".tgz")
_CONDA = re.compile(r"\s*(?:\S+::)?([A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(.*?)\s*$", re.DOTALL)
_BRACKETED_VERSION = re.compile(r"""\bversion\s*=\s*(['"]?)([^'"\]]*)\1""")
_EXACT_WITH_BUILD = re.compile(r"={1,2}([^=\s]+)=[^=\s]+$")
_CLAUSE = re.compile(r"(===?|>=|<=|!=|~=|=|<|>)?([0-9][0-9A-Za-z.!+_-]*?)(\.?\*)?$")


class CondaSpec(NamedTuple):
    """A conda package and the versions of it that will do."""

    name: str
    version: str
    """As conda writes it, without the build: ``=1.2``, ``>=1,<2``, ``1.2`` or ``""``."""


def canonical(name: str) -> str:
    """Return the one spelling of a package's name.

    >>> canonical("Scikit_Learn")
    'scikit-learn'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def pip_name(requirement: str) -> Optional[str]:
    """Return the canonical name in a pip requirement, None for an option, a path or a plain URL.

    >>> pip_name("Torch[opt] >=2.1; python_version > '3.8'"), pip_name("./wheels/a-1.0.whl")
    ('torch', None)
    """
    found = _PIP.match(requirement)
    if found is None or found[1].lower().endswith(_ARCHIVES):
        return None
    return canonical(found[1])


def conda_spec(text: str) -> Optional[CondaSpec]:
    """Return what a conda match specification says, None for what is none.

    >>> conda_spec("conda-forge::numpy=1.2.3=py37_0")
    CondaSpec(name='numpy', version='==1.2.3')
    """
    found = _CONDA.match(text)
    if found is None:
        return None
    name, rest = found[1].lower(), found[2]
    if rest.startswith("["):
        version = _BRACKETED_VERSION.search(rest)
        return CondaSpec(name, version[2].strip() if version else "")
    rest = re.sub(r"\s*([,|])\s*", r"\1", re.sub(r"([=<>!~])\s+", r"\1", rest))
    exact = _EXACT_WITH_BUILD.match(rest)
    if exact:
        return CondaSpec(name, f"=={exact[1]}")
    if rest and rest[0] not in "=<>!~0123456789*":
        return None
    return CondaSpec(name, rest.split()[0] if rest else "")


def pip_versions(version: str) -> Optional[str]:
    """Return conda's versions in pip's words, None where pip has none for them.

    >>> pip_versions("=1.2"), pip_versions(">=1,<2"), pip_versions("1.2|1.4")
    ('==1.2.*', '>=1,<2', None)
    """
    said: list[str] = []
    for clause in filter(None, version.split(",")):
        if clause in {"*", "=*", "==*"}:
            continue
        found = _CLAUSE.match(clause)
        if found is None:
            return None
        sign, number, star = found[1] or "==", found[2], found[3]
        fuzzy = bool(star) or sign == "="
        if sign in {"=", "==", "!="} and fuzzy and re.fullmatch(r"[0-9.]+", number):
            number += ".*"
        said.append(("==" if sign == "=" else sign) + number)
    return ",".join(said)


def satisfies(version: tuple[int, ...], wanted: str) -> bool:
    """Tell whether an interpreter's version is among those wanted, in pip's words.

    >>> satisfies((3, 11, 7), "==3.11.*"), satisfies((3, 11, 7), ">=3.8,<3.11")
    (True, False)
    """
    return all(_holds(version, clause) for clause in filter(None, wanted.split(",")))


def numbers(text: str) -> tuple[int, ...]:
    """Return the first version that a text names.

    >>> numbers(">=3.8,<3.11")
    (3, 8)
    """
    found = re.search(r"\d+(?:\.\d+)*", text)
    return tuple(map(int, found[0].split("."))) if found else ()


def _holds(version: tuple[int, ...], clause: str) -> bool:
    sign = clause.rstrip("0123456789.*abcdefghijklmnopqrstuvwxyz+-_")
    bound = numbers(clause)
    longest = max(len(version), len(bound))
    have, want = (each + (0,) * (longest - len(each)) for each in (version, bound))
    starts = version[: len(bound)] == bound
    return {
        "==": starts if clause.endswith(".*") else have == want,
        "===": have == want,
        "!=": not starts if clause.endswith(".*") else have != want,
        ">=": have >= want,
        "<=": have <= want,
        ">": have > want,
        "<": have < want,
        "~=": have >= want and version[: len(bound) - 1] == bound[:-1],
    }.get(sign, False)
