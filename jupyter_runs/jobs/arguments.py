"""The parameters of a run, as far as they stand among its script's arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Union

from jupyter_runs.capture.secrets import KEPT_OUT, looks_secret

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPTION = re.compile(r"--?([A-Za-z][\w.-]*)(?:=(.*))?\Z", re.DOTALL)
_WHOLE = re.compile(r"[+-]?(0|[1-9]\d{0,999})\Z", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)

Value = Union[str, int, float, bool]


def params_of(arguments: Sequence[str]) -> dict[str, Value]:
    """Return the options among arguments, by name.

    A name stands for ``--name value``, ``--name=value`` or ``-n value``; one without a value is True. Of one that is given
    twice the last counts, as most parsers have it. What looks like a secret's is left out.

    >>> params_of(["--lr", "0.1", "--epochs=3", "--amp", "data.csv"])
    {'lr': 0.1, 'epochs': 3, 'amp': 'data.csv'}
    """
    found: dict[str, Value] = {}
    for field in fields_of(arguments):
        option = _OPTION.match(field.label)
        if option is not None:
            found[option[1]] = True if field.form == "flag" else _value(field.value)
    return {key: value for key, value in found.items() if not looks_secret(key)}


class Field(NamedTuple):
    """A part of a command line that a person may change.

    ``form`` says how it stands there: ``"pair"`` as ``--name value``, ``"joined"`` as ``--name=value``, ``"flag"`` as
    ``--name`` alone, ``"plain"`` as a value without a name; ``secret`` that its value was not kept, and is "".
    """

    label: str
    value: str
    form: str
    secret: bool = False

    def arguments(self) -> list[str]:
        """Return what stands in the command line."""
        value = KEPT_OUT if self.secret and not self.value else self.value
        if self.form == "pair":
            return [self.label, value]
        if self.form == "joined":
            return [f"{self.label}={value}"]
        return [self.label if self.form == "flag" else value]


def fields_of(arguments: Sequence[str]) -> list[Field]:
    """Return the parts of a command line, in order.

    >>> [field.label + ": " + field.value for field in fields_of(["in.csv", "--lr", "0.1", "--amp"])]
    [': in.csv', '--lr: 0.1', '--amp: ']
    """
    found: list[Field] = []
    for argument in arguments:
        option = None if _NUMBER.match(argument) else _OPTION.match(argument)
        if option is None:
            if found and found[-1].form == "flag":
                found[-1] = _field(found[-1].label, argument, "pair")
            else:
                found.append(Field("", argument, "plain"))
        elif option[2] is None:
            found.append(Field(argument, "", "flag"))
        else:
            found.append(_field(argument.partition("=")[0], option[2], "joined"))
    return found


def _field(label: str, value: str, form: str) -> Field:
    secret = value == KEPT_OUT and looks_secret(label)
    return Field(label, "" if secret else value, form, secret)


def _value(text: str) -> Value:
    if text in ("True", "true"):
        return True
    if text in ("False", "false"):
        return False
    # what a person would not write as a number is a text: 1_000, 007
    if _WHOLE.match(text):
        return int(text)
    if _NUMBER.match(text) and not text.lstrip("+-").isdigit():
        return float(text)
    return text[:10_000]
