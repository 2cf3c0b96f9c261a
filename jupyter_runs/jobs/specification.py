"""Conda's specification files: read with the line of what is wrong, written as conda writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from jupyter_runs.errors import InvalidValueError, MissingPackageError, MissingPathError
from jupyter_runs.jobs.requirements import settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_EXAMPLE = "dependencies:\n  - python=3.11\n  - pip:\n    - torch"


class Specification(NamedTuple):
    """What a specification file says."""

    name: Optional[str]
    channels: list[str]
    conda: list[str]
    pip: list[str]
    variables: dict[str, str]


def read_specification(file: Path) -> Specification:
    """Read a specification file.

    Raises
    ------
    MissingPathError
        If there is no such file.
    InvalidValueError
        If it is no specification; the message names the file and the line.
    """
    yaml = _yaml()
    node = _parsed(
        file, "conda specification", lambda text: yaml.compose(text, Loader=yaml.SafeLoader)
    )
    return _Reader(file).specification(node)


def read_yaml(file: Path) -> Any:
    """Return what a YAML file holds, as plain values.

    Raises
    ------
    MissingPathError, InvalidValueError
        If there is no such file, or it is no YAML; the message names the line.
    """
    return _parsed(file, "file", _yaml().safe_load)


def _parsed(file: Path, what: str, parse: Callable[[str], Any]) -> Any:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise MissingPathError(f"there is no {what} {str(file)!r}") from None
    except (OSError, ValueError) as error:
        raise InvalidValueError(f"{file} can't be read: {error}") from None
    try:
        return parse(text)
    except _yaml().YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error)
        raise InvalidValueError(f"{file}{line}: this is not YAML: {problem}") from None
    except (ValueError, RecursionError) as error:  # a date that is none, nests without end
        raise InvalidValueError(f"{file} can't be read: {type(error).__name__}: {error}") from None


def write_yaml(data: dict[str, Any]) -> str:
    """Return `data` as YAML, keys in their order."""
    yaml = _yaml()
    text = str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
    # characters that end a line for YAML and not for Python are folded away where they stand as they are
    exact = yaml.safe_load(text) == data
    return text if exact else str(yaml.safe_dump(data, sort_keys=False))


def _yaml() -> Any:
    try:
        import yaml
    except ImportError:
        raise MissingPackageError(
            "conda specifications are YAML, which takes a package; pip install pyyaml"
        ) from None
    return yaml


class _Reader:
    """Reads the nodes of one file, which know their lines; scalars stay as they are written."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def specification(self, node: Any) -> Specification:
        if node is None:
            raise InvalidValueError(f"{self._file} is empty; it needs at least:\n{_EXAMPLE}")
        parts = self._mapping(node, "a conda specification is a mapping with 'dependencies'")
        if "dependencies" not in parts:
            raise self._wrong(node, f"there is no 'dependencies'; it looks like:\n{_EXAMPLE}")
        conda: list[str] = []
        pip: list[str] = []
        for entry in self._sequence(parts["dependencies"], "'dependencies' is a list"):
            if entry.id == "scalar":
                conda.append(self._text(entry))
                continue
            inner = self._mapping(entry, "a dependency is a package's name or 'pip:' with a list")
            if set(inner) != {"pip"}:
                raise self._wrong(
                    entry, f"only 'pip:' may hold a list here, not {', '.join(map(repr, inner))}"
                )
            listed = self._sequence(inner["pip"], "'pip:' holds a list")
            pip += settled(map(self._text, listed), self._file.absolute().parent)
        channels = self._sequence(parts.get("channels"), "'channels' is a list")
        variables = parts.get("variables")
        pairs = self._mapping(variables, "'variables' is a mapping") if variables else {}
        return Specification(
            self._text(parts["name"]) if "name" in parts else None,
            [self._text(each) for each in channels],
            conda,
            pip,
            {name: self._text(value) for name, value in pairs.items()},
        )

    def _mapping(self, node: Any, what: str) -> dict[str, Any]:
        if node.id != "mapping":
            raise self._wrong(node, what)
        return {self._text(key): value for key, value in node.value}

    def _sequence(self, node: Any, what: str) -> list[Any]:
        if node is None or (node.id == "scalar" and not node.value):
            return []
        if node.id != "sequence":
            raise self._wrong(node, what)
        return list(node.value)

    def _text(self, node: Any) -> str:
        if node.id != "scalar":
            raise self._wrong(node, "a plain value is expected here")
        return str(node.value).strip()

    def _wrong(self, node: Any, what: str) -> InvalidValueError:
        return InvalidValueError(f"{self._file}, line {node.start_mark.line + 1}: {what}")
