"""What is noted on a run: its name, tags, properties and parameters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Optional, Union

from jupyter_runs._run.base import RunBase
from jupyter_runs.capture.secrets import looks_secret
from jupyter_runs.errors import InvalidValueError, ParamError, PropertyError
from jupyter_runs.journal.errors import shown
from jupyter_runs.journal.values import check_name

_LONGEST_PARAM = 10_000  # characters; longer ones are files


class RunNotes(RunBase):
    """Name, tags, properties, parameters."""

    @property
    def name(self) -> str:
        """The name that is shown; it may be set, and need not be unique."""
        with self._reading() as reader:
            return reader.name or str(self._definition("name") or self.id)

    @name.setter
    def name(self, value: str) -> None:
        self._writer.event("rename", name=check_name(value, "run"))

    @property
    def display_name(self) -> str:
        """The same as `name`."""
        return self.name

    @display_name.setter
    def display_name(self, value: str) -> None:
        self.name = value

    # -- tags

    def tag(self, key: str, value: Optional[object] = None) -> None:
        """Set a tag, also after the run's end.

        Parameters
        ----------
        key
            The tag.
        value
            Its value, stored as str; None for a tag without one.
        """
        self._writer.event("tag", key=check_name(key, "tag"), value=_text(value))

    def set_tags(self, tags: Mapping[str, Optional[object]]) -> None:
        """Set several tags, and leave the others as they are."""
        for key, value in checked_tags(tags, "set_tags").items():
            self._writer.event("tag", key=key, value=value)

    def get_tags(self) -> dict[str, Optional[str]]:
        """Return the tags as they stand now."""
        with self._reading() as reader:
            return dict(reader.tags)

    @property
    def tags(self) -> dict[str, Optional[str]]:
        """The tags as they stand now; a copy."""
        return self.get_tags()

    def remove_tags(self, tags: Union[str, Iterable[str]]) -> dict[str, Optional[str]]:
        """Remove tags by their keys, and return what is left.

        A key that is not there is nothing to worry about.
        """
        keys = [check_name(key, "tag") for key in ([tags] if isinstance(tags, str) else tags)]
        for key in keys:
            self._writer.event("untag", key=key)
        return self.get_tags()

    # -- properties

    def add_properties(self, properties: Mapping[str, object]) -> None:
        """Add properties, which then keep their values for good.

        Parameters
        ----------
        properties
            Values by key, stored as str. A key that stands with the same value is fine.

        Raises
        ------
        PropertyError
            If a key stands with another value; nothing is added then.
        """
        wanted = {
            check_name(key, "property"): str(value)
            for key, value in _items(properties, "add_properties")
        }
        there = self.get_properties()
        for key, value in wanted.items():
            if there.get(key, value) != value:
                raise PropertyError(
                    f"property {key!r} is {shown(there[key])} and can't become {shown(value)}: a "
                    "property never changes; use a tag for what may"
                )
        for key, value in wanted.items():
            if key not in there:
                self._writer.event("property", key=key, value=value)

    def get_properties(self) -> dict[str, str]:
        """Return the properties."""
        with self._reading() as reader:
            return dict(reader.properties)

    @property
    def properties(self) -> dict[str, str]:
        """The properties; a copy."""
        return self.get_properties()

    # -- parameters

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Log what the run was given, which comparisons then call parameters.

        Parameters
        ----------
        params
            Values by name, or an `argparse.Namespace`. Nested dicts become ``outer/inner``; what is
            no scalar is kept as JSON. Those whose name looks like a secret's are not kept.

        Raises
        ------
        ParamError
            If one was logged before with another value; nothing is logged then.
        """
        wanted, secret = checked_params(params)
        there = self.get_params()
        for key, value in wanted.items():
            if key in there and not _same(there[key], value):
                raise ParamError(
                    f"parameter {key!r} is {shown(there[key])} and can't become {shown(value)}: "
                    "what a run was given is said once; log what changes with log"
                )
        for key, value in wanted.items():
            if key not in there:
                self._writer.event("param", key=key, value=value)
        if secret:
            self._warn(secret_params(secret))

    def get_params(self) -> dict[str, Any]:
        """Return the parameters."""
        with self._reading() as reader:
            return dict(reader.params)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters; a copy."""
        return self.get_params()


def checked_tags(tags: Mapping[str, Any], call: str) -> dict[str, Optional[str]]:
    """Return tags as they are stored; errors name the `call` that was given them."""
    return {check_name(key, "tag"): _text(value) for key, value in _items(tags, call)}


def checked_params(params: Any) -> tuple[dict[str, Any], list[str]]:
    """Return parameters flat and plain, and the names of those left out as secrets."""
    if not isinstance(params, Mapping) and hasattr(params, "__dict__"):
        params = vars(params)  # argparse's Namespace, or a plain object with settings
    flat: dict[str, Any] = {}
    secret: list[str] = []
    _flatten("", _items(params, "log_params"), flat, secret)
    return flat, secret


def secret_params(names: Iterable[str]) -> str:
    """Return the warning for parameters that were left out."""
    told = ", ".join(map(repr, names))
    return f"not kept, since the name looks like a secret's: {told}"


def _flatten(
    prefix: str, items: Iterable[tuple[Any, Any]], flat: dict[str, Any], secret: list[str]
) -> None:
    for key, value in items:
        name = prefix + check_name(key, "parameter")
        if looks_secret(name.rpartition("/")[2]):
            secret.append(name)
        elif isinstance(value, Mapping) and value:
            _flatten(name + "/", value.items(), flat, secret)
        else:
            flat[check_name(name, "parameter")] = _plain(name, value)


def _plain(name: str, value: Any) -> Any:
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()  # of numpy or torch
    if value is None or isinstance(value, (bool, int, float, str)):
        plain: Any = value
        for kind in (bool, int, float, str):
            if isinstance(value, kind):
                plain = kind(value)  # not a subclass, such as an IntEnum or numpy's float64
                break
    else:
        try:
            plain = json.dumps(value, default=str, ensure_ascii=False)
        except (TypeError, ValueError):
            plain = str(value)
    if isinstance(plain, str) and len(plain) > _LONGEST_PARAM:
        raise InvalidValueError(
            f"parameter {name!r} has {len(plain):,} characters, and {_LONGEST_PARAM:,} is the most; "
            "upload it as a file"
        )
    return plain


def _same(one: Any, other: Any) -> bool:
    # NaN is itself again; True is not 1
    return type(one) is type(other) and (one == other or (one != one and other != other))  # noqa: PLR0124


def _text(value: Optional[object]) -> Optional[str]:
    return None if value is None else str(value)


def _items(given: Any, call: str) -> list[tuple[Any, Any]]:
    if not isinstance(given, Mapping):
        raise InvalidValueError(f"{call} takes a dict, not {shown(given)}")
    return list(given.items())
