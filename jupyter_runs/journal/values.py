"""From whatever people log to the five types that a journal keeps: int, float, bool, None, str."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Mapping
from typing import Any, Optional, Union

from .errors import InvalidNameError, InvalidValueError, RunsError, shown

Scalar = Union[int, float, bool, None, str]

LONGEST_NAME = 255


def check_name(name: Any, what: str = "metric") -> str:
    """Return ``name`` if it can name a metric, tag or property.

    Raises
    ------
    InvalidNameError
        If it is no string, empty, longer than 255 characters, or holds control characters.
    """
    if not isinstance(name, str):
        raise InvalidNameError(
            f"a {what} name is a string, not {shown(name)} ({type(name).__name__})"
        )
    if not name.strip():
        raise InvalidNameError(f"a {what} name must not be empty or blank, got {name!r}")
    if len(name) > LONGEST_NAME:
        raise InvalidNameError(
            f"a {what} name has at most {LONGEST_NAME} characters; {shown(name, 40)} has {len(name)}"
        )
    if any(ord(c) < 32 or ord(c) == 127 for c in name):
        raise InvalidNameError(f"a {what} name has no control characters, got {shown(name)}")
    return str(name)


def scalar(name: str, value: Any, hint: str = "log_list") -> Scalar:
    """Return ``value`` as the Python scalar it stands for.

    NumPy and torch scalars, 0-d arrays, and arrays, Series, tensors or lists of exactly one element are taken
    as that element.

    Raises
    ------
    InvalidValueError
        If it holds several elements (the message names ``hint``), none, or is of another type.
    """
    kind = type(value)
    if kind is float or kind is int or kind is bool or kind is str or value is None:
        return value  # type: ignore[no-any-return]
    if isinstance(value, str):  # the text itself, not what an enum makes of it
        return str.__str__(value)
    if isinstance(value, int):  # IntEnum and other subclasses
        return int(value)
    if isinstance(value, float):  # numpy.float64 among them
        return float(value)
    if kind.__name__ in ("NAType", "NaTType", "MaskedConstant"):  # "no value here"
        return None
    try:
        single = _single(name, value, hint)
    except RunsError:
        raise
    except Exception as error:  # the value's own fault, a dead device, say: told as such
        raise _unreadable(name, value, error) from error
    if single is not value and type(single) is not kind:
        return scalar(name, single, hint)
    try:
        if isinstance(value, numbers.Integral):
            return int(value)
        if isinstance(value, numbers.Real) or kind.__name__ == "Decimal":
            return float(value)
    except (ArithmeticError, ValueError) as error:
        raise InvalidValueError(
            f"{name!r}: {shown(value)} does not fit into a float ({error}); convert it"
        ) from None
    raise InvalidValueError(
        f"{name!r}: {shown(value)} ({kind.__module__}.{kind.__name__}) is not a number, bool, string or None; "
        "convert it, or log it as an image, a file or a table"
    )


def _unreadable(name: str, value: Any, error: Exception) -> InvalidValueError:
    told = f"{type(error).__name__}: {error}"
    return InvalidValueError(f"{name!r}: {shown(value)} could not be read ({told})")


def _single(name: str, value: Any, hint: str) -> Any:
    """Return the one element of an array-like or sequence, or ``value`` itself if it is neither."""
    _refuse_times(name, value)
    size = _size(value)
    if size is None:
        return value
    if isinstance(value, Mapping):
        raise InvalidValueError(
            f"{name!r}: a dict is not a scalar; use log_row, log_table or log_metrics"
        )
    if size != 1:
        held = "no element" if size == 0 else f"{size} elements"
        raise InvalidValueError(
            f"{name!r}: a {type(value).__name__} of {held} is not a scalar; use {hint} to log several values"
        )
    if hasattr(value, "filled") and hasattr(value, "mask"):  # masked: None, not what lies beneath
        return value.reshape(-1).tolist()[0]
    if hasattr(value, "to_numpy") and hasattr(value, "columns"):  # a frame's items are its columns
        value = value.to_numpy()
    item = getattr(value, "item", None)
    if callable(item):  # numpy, torch, pandas, polars: exact, whatever the shape
        return item()
    return next(iter(value))


def _refuse_times(name: str, value: Any) -> None:
    """Refuse numpy's times and spans: their nanoseconds would come out as plain numbers."""
    if getattr(getattr(value, "dtype", None), "kind", "") in ("m", "M"):
        raise InvalidValueError(
            f"{name!r}: {shown(value)} ({type(value).__name__}) holds times; "
            "convert them to numbers (seconds, say) or strings"
        )


def _size(value: Any) -> Optional[int]:
    """Return how many elements an array-like or sequence holds; None for anything else."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return math.prod(int(n) for n in shape)
    if isinstance(value, (list, tuple, set, frozenset, Mapping, range)):
        return len(value)
    if (
        hasattr(value, "__len__")
        and hasattr(value, "__iter__")
        and not isinstance(value, (bytes, bytearray))
    ):
        return len(value)
    return None


def sequence(name: str, values: Any) -> list[Scalar]:
    """Return any iterable of scalars (arrays of one dimension and generators too) as a list.

    Raises
    ------
    InvalidValueError
        If it is no iterable, or one of its elements is no scalar; the message names the element's index.
    """
    if isinstance(values, (str, bytes, bytearray, Mapping)):
        raise InvalidValueError(
            f"{name!r}: {shown(values)} ({type(values).__name__}) is not a list of values; "
            "use log for a string, log_table for a dict of columns"
        )
    _refuse_times(name, values)
    if hasattr(values, "columns") and hasattr(
        values, "to_numpy"
    ):  # a frame's items are its columns
        values = values.to_numpy()
    shape = getattr(values, "shape", None)
    if isinstance(shape, tuple) and len(shape) > 1 and sum(int(n) != 1 for n in shape) > 1:
        raise InvalidValueError(
            f"{name!r}: an array of shape {tuple(shape)} is not a list; flatten it, or use log_table or log_image"
        )
    if isinstance(shape, tuple) and len(shape) != 1 and hasattr(values, "reshape"):
        values = values.reshape(-1)
    to_list = getattr(values, "tolist", None) or getattr(values, "to_list", None)
    try:
        plain = to_list() if callable(to_list) else values
        iterator = iter(plain)
    except TypeError:
        raise InvalidValueError(
            f"{name!r}: {shown(values)} ({type(values).__name__}) is not a list of values; use log for one value"
        ) from None
    try:
        return [scalar(f"{name}[{i}]", value) for i, value in enumerate(iterator)]
    except RunsError:
        raise
    except Exception as error:  # raised by a generator of the caller's
        raise _unreadable(name, values, error) from error


def columns(name: str, table: Any) -> dict[str, list[Scalar]]:
    """Return a dict of equal-length lists, a pandas or a polars frame, as a dict of equally long lists.

    Raises
    ------
    InvalidValueError
        If it is none of these, has no columns, or columns of unequal length (the message names them).
    """
    if isinstance(table, Mapping):
        pairs: Iterable[Any] = table.items()
    elif hasattr(table, "columns") and hasattr(table, "__getitem__"):  # pandas, polars
        pairs = [(c, table[c]) for c in table.columns]
    else:
        raise InvalidValueError(
            f"{name!r}: {shown(table)} ({type(table).__name__}) is not a table; "
            "give a dict of equally long lists, or a pandas or polars frame"
        )
    found: dict[str, list[Scalar]] = {}
    for key, column in pairs:
        label = check_name(key if isinstance(key, str) else str(key), "column")
        if label in found:
            raise InvalidValueError(f"{name!r}: the column {label!r} appears twice; rename one")
        found[label] = sequence(f"{name}.{label}", [column] if _is_one(column) else column)
    if not found:
        raise InvalidValueError(f"{name!r}: a table needs at least one column")
    lengths = {label: len(column) for label, column in found.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{label!r} has {n}" for label, n in list(lengths.items())[:8])
        raise InvalidValueError(f"{name!r}: the columns of a table are equally long, but {told}")
    return found


def _is_one(value: Any) -> bool:
    """Tell a lone scalar, where a column was expected, from a sequence."""
    return isinstance(value, (int, float, str)) or value is None


def row(name: str, cells: Mapping[Any, Any]) -> dict[str, Scalar]:
    """Return the checked cells of one row.

    Raises
    ------
    InvalidValueError
        If there are none, or one is no scalar.
    """
    if not cells:
        raise InvalidValueError(
            f"{name!r}: a row needs at least one column, as in log_row({name!r}, x=1, y=2)"
        )
    return {
        check_name(k, "column"): scalar(f"{name}.{k}", v, "log_table") for k, v in cells.items()
    }


def step_of(name: str, step: Any) -> Optional[int]:
    """Return ``step`` as an int of 64 bits, or None.

    Raises
    ------
    InvalidValueError
        If it is no whole number, or does not fit.
    """
    if step is None:
        return None
    try:
        plain = scalar("step", step)
    except InvalidValueError:
        plain = "?"
    if isinstance(plain, float) and plain.is_integer():
        plain = int(plain)
    if not isinstance(plain, int):
        raise InvalidValueError(
            f"{name!r}: a step is a whole number, got {shown(step)} ({type(step).__name__})"
        )
    if not -(1 << 63) < plain < 1 << 63:
        raise InvalidValueError(f"{name!r}: the step {plain} does not fit into 64 bits")
    return int(plain)  # True is 1, as it is to struct
