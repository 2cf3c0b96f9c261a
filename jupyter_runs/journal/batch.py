"""Series that are stored together: one record each, packed into consecutive slots by one call."""

from __future__ import annotations

import functools
import struct
from typing import TYPE_CHECKING, Any, Optional

from .layout import FLOAT, INT, SERIES_BITS, SLOT, T_BOOL, T_FLOAT, T_INT

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = struct.Struct("<qd")  # step and time, the same for all
_TAIL = struct.Struct("<II")  # type and series, mark
_INT64 = 1 << 63
FEW = 8  # up to so many records are cheaper to store one by one

# How values of a type are packed, and which type their records have. What is not here takes the slow path, which knows
# all types; numpy's own are told by their names, since nothing here imports numpy.
_PACKED: dict[Any, tuple[str, int]] = {
    float: ("d", T_FLOAT),
    int: ("q", T_INT),
    bool: ("q", T_BOOL),
}
_NUMPY = {
    **dict.fromkeys(("float64", "float32", "float16"), ("d", T_FLOAT)),
    **dict.fromkeys(
        ("int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8"), ("q", T_INT)
    ),
}
_PACK = {"d": FLOAT.pack_into, "q": INT.pack_into}
_MAY_OVERFLOW = frozenset({"int", "uint64"})


def _packed(kind: type) -> Optional[tuple[str, int]]:
    found = _PACKED.get(kind)
    if found is None and kind.__module__ == "numpy":
        return _NUMPY.get(kind.__name__)
    return found


_FORMATS = {"d": "d16s8s", "q": "q16s8s", "|": f"{SLOT}x"}


@functools.lru_cache(maxsize=512)
def packer(codes: str) -> struct.Struct:
    """Return what packs a record for each of ``codes``: value ("d" or "q"), head, tail; the mark comes last.

    At ``|`` a page ends, and its seal is left out.
    """
    return struct.Struct("<" + "".join(map(_FORMATS.__getitem__, codes)))


class Shape:
    """Series that are stored together, and the types their values have.

    Parameters
    ----------
    names, types
        Of the values, in order.
    series
        Their ids.
    """

    __slots__ = (
        "codes",
        "count",
        "held",
        "ints",
        "names",
        "pack_into",
        "packs",
        "types",
        "words",
    )

    def __init__(
        self,
        names: list[str],
        types: list[type],
        series: Sequence[int],
    ) -> None:
        packed = [_packed(kind) or ("d", T_FLOAT) for kind in types]
        self.names = names
        self.types = types
        self.count = len(names)
        self.codes = "".join(code for code, _ in packed)
        self.ints = tuple(i for i, kind in enumerate(types) if kind.__name__ in _MAY_OVERFLOW)
        self.pack_into = packer(self.codes).pack_into
        self.words = tuple(n | kind << SERIES_BITS for n, (_, kind) in zip(series, packed))
        self.packs = tuple(_PACK[code] for code in self.codes)
        self.held: tuple[int, list[Any]] = (0, [])  # a mark, and the template for it

    @staticmethod
    def fits(types: list[type]) -> bool:
        """Tell whether values of these types can be stored together."""
        return all(map(_packed, types))

    def holds(self, records: list[Any]) -> bool:
        """Tell whether the values in ``records``, being of the right types, fit into 64 bits."""
        return all(-_INT64 <= records[3 * i] < _INT64 for i in self.ints)

    def template(self, mark: int) -> list[Any]:
        """Return ``[value, head, tail] * count`` with the tails filled in for a segment's mark; to be copied."""
        template: list[Any] = [None] * (3 * self.count)
        template[2::3] = [_TAIL.pack(word, mark) for word in self.words]
        self.held = (mark, template)
        return template


__all__ = ["FEW", "HEAD", "Shape", "packer"]
