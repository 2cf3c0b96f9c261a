"""Numbers, durations, sizes and times as a person reads them; text made safe to show.

Nothing here raises, whatever it is given: a label must never break a picture.
"""

from __future__ import annotations

import html
import math
import re
import time
from datetime import datetime, timezone
from typing import Any

INFINITY = "∞"
MINUS_INFINITY = "−∞"  # a real minus, as wide as the sign beside it

# Characters that hide, reorder or end text: C0/C1 controls but for tab and newline, bidirectional
# overrides, embeddings and isolates, line/paragraph separators, lone surrogates, non-characters.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures: ␀ ␛ …
    return "␡" if code == 0x7F else "�"


def clean(text: Any) -> str:
    """Return text with control and direction-changing characters made visible; not escaped."""
    try:
        return _UNSAFE.sub(_visible, str(text))
    except Exception:  # an object whose __str__ fails is still to be shown
        return f"<{type(text).__name__}>"


def escape(text: Any) -> str:
    """Return text cleaned and escaped for HTML and SVG, in content and in quoted attributes."""
    return html.escape(clean(text), quote=True)


def shorten(text: Any, length: int = 60) -> str:
    """Return cleaned text on one line, cut in the middle with an ellipsis (both ends of a name tell)."""
    line = " ".join(clean(text).split())
    if len(line) <= length:
        return line
    head = max(1, (length - 1) * 2 // 3)
    tail = max(0, length - 1 - head)
    return line[:head] + "…" + (line[-tail:] if tail else "")


def number(value: Any, digits: int = 5) -> str:
    """Return a number as a person reads it: ``1,234``, ``0.61523``, ``2.1e-4``, ``NaN``, ``∞``.

    Strings and other values come back as cleaned text.
    """
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return clean(value)
    try:
        if isinstance(value, int):
            return f"{value:,}" if -(10**15) < value < 10**15 else _huge_int(value, digits)
        return _float(float(value), digits)
    except (TypeError, ValueError, OverflowError):
        return clean(value)


def _huge_int(value: int, digits: int) -> str:
    try:
        return _scientific(float(value), digits)
    except OverflowError:
        # log10 by the bit length: str() of a huge int is slow and may be refused
        return f"{'-' if value < 0 else ''}~1e{int(value.bit_length() * math.log10(2))}"


def _float(value: float, digits: int) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return INFINITY if value > 0 else MINUS_INFINITY
    size = abs(value)
    if size == 0:
        return "0"
    if size < 0.001 or size >= 1e7:
        return _scientific(value, digits)
    decimals = max(0, digits - 1 - math.floor(math.log10(size)))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(value: float, digits: int) -> str:
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def count(value: int, singular: str, plural: str | None = None) -> str:
    """Return ``1 point``, ``1,500 points``."""
    return f"{value:,} {singular if value == 1 else plural or singular + 's'}"


def ordinal(value: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``11th``."""
    teens = 11 <= value % 100 <= 13
    return f"{value:,}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th')}"


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return about ``wanted`` round numbers within [low, high], for an axis."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low] if math.isfinite(low) else []
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return [low, high]
    raw = span / max(1, wanted)
    power = 10.0 ** math.floor(math.log10(raw))
    if power == 0 or not math.isfinite(power):
        return [low, high]
    step = next((m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999), 10 * power)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    if last - first > 50:  # so far from zero that floats cannot tell the steps apart
        return [low, high]
    return [
        round(i * step, 12 - math.floor(math.log10(step))) + 0.0 for i in range(first, last + 1)
    ]


def tick_labels(values: list[float]) -> list[str]:
    """Return labels for ticks, with as many digits as it takes to tell them apart."""
    labels = [tick(v) for v in values]
    for digits in range(4, 16):
        if len(set(labels)) == len(set(values)):
            break
        labels = [tick(v, digits) for v in values]
    return labels


def tick(value: float, digits: int = 3) -> str:
    """Return the label of a tick: ``50k``, ``0.0005``, ``1.5M``, ``2e-5``."""
    if not math.isfinite(value):
        return _float(value, digits)
    size = abs(value)
    for scale, limit, unit in (
        (1e12, 1e12, "T"),
        (1e9, 1e9, "G"),
        (1e6, 1e6, "M"),
        (1e3, 1e4, "k"),
    ):
        if size >= limit:
            scaled = value / scale
            if abs(scaled) >= 1e4:
                return _scientific(value, digits)
            return f"{_float(scaled, max(digits, 4))}{unit}"
    if size == 0:
        return "0"
    if size < 1e-4:
        return _scientific(value, digits)
    text = f"{value:.{max(0, digits + 1 - math.floor(math.log10(size)))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(seconds: float | None) -> str:
    """Return ``0.4 s``, ``12 s``, ``14 min 03 s``, ``2 h 05 min``, ``3 d 04 h``; "" when not known."""
    try:
        if seconds is None or not math.isfinite(seconds):
            return ""
        value = max(0.0, float(seconds))
    except (TypeError, ValueError, OverflowError):
        return ""
    if value < 9.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400:,} d {whole % 86400 // 3600:02d} h"


def about(seconds: float | None) -> str:
    """Return a rough duration for what is only estimated: ``10 min``, ``2 h``, ``40 s``."""
    try:
        if seconds is None or not math.isfinite(seconds) or seconds < 0:
            return ""
    except (TypeError, OverflowError):
        return ""
    for limit, size, unit in ((90, 1, "s"), (5400, 60, "min"), (129600, 3600, "h")):
        if seconds < limit:
            return f"{max(1, round(seconds / size))} {unit}"
    return f"{round(seconds / 86400):,} d"


def size(count_: float | None) -> str:
    """Return ``532 B``, ``1.2 kB``, ``3.4 MB`` (decimal units)."""
    try:
        value = float(count_ or 0)
    except (TypeError, ValueError, OverflowError):
        return ""
    if not math.isfinite(value) or value < 0:
        return ""
    if value < 1000:
        return f"{value:.0f} B"
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5 or unit == "TB":
            break
    return f"{value:,.1f} {unit}" if value < 99.95 else f"{value:,.0f} {unit}"


def moment(seconds: float | None) -> str:
    """Return local time with its offset, ``2026-11-21 02:02:13 (UTC+01:00)``; "" when not known."""
    try:
        if seconds is None:
            return ""
        local = datetime.fromtimestamp(seconds, timezone.utc).astimezone()
        offset = local.strftime("%z")
        zone = "UTC" if offset in ("+0000", "") else f"UTC{offset[:3]}:{offset[3:5]}"
        return f"{local:%Y-%m-%d %H:%M:%S} ({zone})"
    except (TypeError, ValueError, OverflowError, OSError):
        return ""


def iso(seconds: float | None) -> str | None:
    """Return UTC as ``2026-11-21T01:02:13Z`` for machines; None when not known."""
    try:
        if seconds is None:
            return None
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (TypeError, ValueError, OverflowError, OSError):
        return None
