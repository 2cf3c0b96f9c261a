"""What may stand in a query: each kind reads its text, and says in the document what it takes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_runs.errors import RunsError
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 200_000  # characters of all that is given of one name
_SHOWN = 40


class QueryError(RunsError):
    """An argument in a request's query makes no sense."""


@dataclass(frozen=True)
class Param:
    """One argument; ``name`` as it stands in the query.

    ``default`` is what is taken where it is missing, and may be the name of a setting of the server, as may the bounds
    of a number.
    """

    name: str
    about: str
    default: Any = None
    required: bool = False
    many: ClassVar[bool] = False

    def read(self, given: list[str], settings: Mapping[str, int]) -> Any:
        """Return what was given, the last if several were.

        Raises
        ------
        QueryError
            If it makes no sense.
        """
        if not given:
            if self.required:
                raise QueryError(f"{self.name} is missing: {self.about}")
            return of(self.default, settings)
        return self.value(given[-1], settings)

    def value(self, text: str, settings: Mapping[str, int]) -> Any:
        """Return what a text says."""
        raise NotImplementedError

    def schema(self, settings: Mapping[str, int]) -> dict[str, Any]:
        """Return what it takes, as JSON Schema."""
        raise NotImplementedError

    def refuse(self, text: str, wanted: str) -> QueryError:
        """Return the error for a text that makes no sense."""
        return QueryError(f"{self.name}={shown(text, _SHOWN)} is not {wanted}.")


@dataclass(frozen=True)
class Whole(Param):
    """A whole number within bounds."""

    low: int = 0
    high: int | str = 2**53

    def value(self, text: str, settings: Mapping[str, int]) -> int:
        """Return the number."""
        high = of(self.high, settings)
        if re.fullmatch(r"[0-9]{1,16}", text) and self.low <= int(text) <= high:
            return int(text)
        raise self.refuse(text, f"a whole number from {self.low} to {high}")

    def schema(self, settings: Mapping[str, int]) -> dict[str, Any]:
        """Return its bounds."""
        told = {"type": "integer", "minimum": self.low, "maximum": of(self.high, settings)}
        default = of(self.default, settings)
        return told if default is None else {**told, "default": default}


@dataclass(frozen=True)
class Real(Param):
    """A number."""

    def value(self, text: str, settings: Mapping[str, int]) -> float:  # noqa: ARG002 - as all
        """Return the number."""
        try:
            found = float(text) if text.isascii() and "_" not in text else math.nan
        except ValueError:
            found = math.nan
        if not math.isfinite(found) or text != text.strip():
            raise self.refuse(text, "a number")
        return found

    def schema(self, settings: Mapping[str, int]) -> dict[str, Any]:  # noqa: ARG002 - as all
        """Return that it is a number."""
        return {"type": "number"}


@dataclass(frozen=True)
class Flag(Param):
    """Yes or no."""

    default: Any = False

    def value(self, text: str, settings: Mapping[str, int]) -> bool:  # noqa: ARG002 - as all
        """Return which."""
        if text not in ("true", "false", "1", "0"):
            raise self.refuse(text, "true or false")
        return text in ("true", "1")

    def schema(self, settings: Mapping[str, int]) -> dict[str, Any]:  # noqa: ARG002 - as all
        """Return that it is one of two."""
        return {"type": "boolean", "default": self.default}


@dataclass(frozen=True)
class Text(Param):
    """A text; ``pattern`` is what all of it must look like, ``wanted`` the same in words."""

    most: int = 2000
    pattern: str = ""
    wanted: str = "understood here"

    def value(self, text: str, settings: Mapping[str, int]) -> str | None:  # noqa: ARG002 - as all
        """Return it; an empty one is none."""
        if len(text) > self.most:
            raise self.refuse(text, f"at most {self.most:,} characters long")
        if not text and self.required:
            raise QueryError(f"{self.name} is missing: {self.about}")
        if text and self.pattern and not re.fullmatch(self.pattern, text):
            raise self.refuse(text, self.wanted)
        return text or self.default

    def schema(self, settings: Mapping[str, int]) -> dict[str, Any]:  # noqa: ARG002 - as all
        """Return how long it may be, and what it looks like."""
        told: dict[str, Any] = {"type": "string", "maxLength": self.most}
        if self.pattern:
            told["pattern"] = f"^({self.pattern})?$"
        return {**told, "minLength": 1} if self.required else told


@dataclass(frozen=True)
class Choice(Param):
    """One of a few words."""

    words: tuple[str, ...] = ()

    def value(self, text: str, settings: Mapping[str, int]) -> str:  # noqa: ARG002 - as all
        """Return it."""
        if text not in self.words:
            raise self.refuse(text, f"one of {', '.join(self.words)}")
        return text

    def schema(self, settings: Mapping[str, int]) -> dict[str, Any]:  # noqa: ARG002 - as all
        """Return the words."""
        return {"type": "string", "enum": list(self.words), "default": self.default}


@dataclass(frozen=True)
class Several(Text):
    """A text that is given once or more."""

    many: ClassVar[bool] = True
    most_given: int | str = 100

    def read(self, given: list[str], settings: Mapping[str, int]) -> list[str]:
        """Return all of them.

        Raises
        ------
        QueryError
            If there are too many, or none though one is needed.
        """
        most = of(self.most_given, settings)
        if len(given) > most or sum(map(len, given)) > _LONGEST:
            raise QueryError(f"{self.name} may be given {most:,} times, not {len(given):,}.")
        if not given and self.required:
            raise QueryError(f"{self.name} is missing: {self.about}")
        return [self._one(text, settings) for text in given]

    def _one(self, text: str, settings: Mapping[str, int]) -> str:
        found = self.value(text, settings)
        if found is None:
            raise self.refuse(text, self.wanted)
        return found

    def schema(self, settings: Mapping[str, int]) -> dict[str, Any]:
        """Return how many there may be, and what each looks like."""
        each: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": self.most}
        if self.pattern:
            each["pattern"] = f"^{self.pattern}$"
        most = of(self.most_given, settings)
        return {"type": "array", "items": each, "minItems": int(self.required), "maxItems": most}


def of(value: Any, settings: Mapping[str, int]) -> Any:
    """Return a value, or the setting that it names."""
    return settings.get(value, value) if isinstance(value, str) else value
