"""The charts of values with a schema: ROC and precision-recall curves, residuals, predictions.

Each function gives the parts of a `Chart` as `charts` wants them, or None when the value is not what its
schema says: then it is shown as a table, which is always right.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .format import clean, count, number, shorten
from .model import Guide, Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from .model import ChartOptions, Floats

    Draw = Callable[[dict[str, Any], ChartOptions], dict[str, Any] | None]

CURVES = 10  # more lines than colours tell nobody anything
_UNIT = (-0.015, 1.015, -0.02, 1.03)  # shares, with room for lines that run along the edge
_FINE = 500  # points closer than that part of an axis are one to the eye
_KINDS = ("probability", "percentile", "precision")  # how thresholds were chosen
_COUNTED = {
    "probability": ("probability", "probabilities"),
    "percentile": ("percentile", "percentiles"),
}


class _Curve(NamedTuple):
    """One class's curve; ``share`` is how many of all samples are of the class."""

    label: str
    x: Floats
    y: Floats
    area: float
    share: float


def data_of(value: Any) -> dict[str, Any] | None:
    """Return the data of a value with a schema, None if it has none."""
    data = value.get("data", value) if isinstance(value, dict) else None
    return data if isinstance(data, dict) else None


# -- accuracy tables --------------------------------------------------------------------------------


def roc(data: dict[str, Any], options: ChartOptions) -> dict[str, Any] | None:
    """Return the receiver operating characteristic, a line for each class."""
    chance = Guide("chance", np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    drawn = _curves(data, options, _roc_curve)
    if drawn is None:
        return None
    return {
        **drawn[1],
        "x_label": "false positive rate",
        "y_label": "true positive rate",
        "guides": (chance,),
    }


def precision_recall(data: dict[str, Any], options: ChartOptions) -> dict[str, Any] | None:
    """Return precision over recall, a line for each class."""
    drawn = _curves(data, options, _recall_curve)
    if drawn is None:
        return None
    curves, parts = drawn
    guides: tuple[Guide, ...] = ()
    if len(curves) == 1:  # what guessing gives: of several classes each has its own
        level = np.full(2, curves[0].share)
        guides = (Guide("chance", np.array([0.0, 1.0]), level),)
    return {**parts, "x_label": "recall", "y_label": "precision", "guides": guides}


def _curves(
    data: dict[str, Any], options: ChartOptions, make: Callable[[str, Floats], _Curve | None]
) -> tuple[list[_Curve], dict[str, Any]] | None:
    chosen = _tables(data)
    if chosen is None:
        return None
    kind, tables = chosen
    labels = data.get("class_labels")
    labels = labels if isinstance(labels, list) else []
    names = [shorten(labels[i] if i < len(labels) else i, 40) for i in range(len(tables))]
    all_ = [make(name, table) for name, table in zip(names, tables, strict=True)]
    found = [(i, curve) for i, curve in enumerate(all_) if curve is not None]
    if not found:
        return None
    shown = found
    if len(found) > CURVES:  # where there is most to be mended
        shown = sorted(sorted(found, key=lambda one: one[1].area)[:CURVES])
    lines = []
    for i, curve in shown:
        x, y = _visible(curve.x, curve.y, options.window)
        label = f"{curve.label} · AUC {number(curve.area, 3)}"
        lines.append(replace(_line(x, y), key=str(i), label=label, total=len(curve.x)))
    classes = count(len(tables), "class", "classes")
    said = [count(max(len(table) for table in tables), *_COUNTED[kind]), "AUC by trapezoids"]
    if len(shown) < len(found):
        said.insert(0, f"{len(shown)} of {classes}, those of least AUC")
    if (left := len(all_) - len(found)) > 0:
        said.insert(0, f"{left:,} of {classes} without positives or negatives")
    parts = {
        "lines": tuple(lines),
        "frame": _UNIT,
        "badge": " · ".join(said),
        "last_text": f"AUC {number(shown[0][1].area, 3)}" if len(shown) == 1 else "",
    }
    return [curve for _, curve in shown], {"x_kind": "column", **parts}


def _tables(data: dict[str, Any]) -> tuple[str, list[Floats]] | None:
    """Return the tables with more different points, and how their thresholds were chosen.

    Both ways of choosing give points of the same curves; probabilities that crowd together leave few
    of one way.
    """
    found: list[tuple[int, str, list[Floats]]] = []
    for kind in _KINDS:
        raw = data.get(f"{kind}_tables")
        if not isinstance(raw, list) or not raw:
            continue
        try:
            tables = [_table(rows) for rows in raw]
        except (TypeError, ValueError, OverflowError):
            continue
        different = sum(len(np.unique(table, axis=0)) for table in tables)
        found.append((different, "percentile" if kind == "precision" else kind, tables))
    if not found:
        return None
    best = max(found, key=lambda one: one[0])
    return best[1:] if best[0] else None


def _table(rows: Any) -> Floats:
    """Return ``[tp, fp, tn, fn]`` of each threshold; what is no count of anything is left out."""
    table: Floats = np.asarray(rows, dtype=np.float64)
    if table.size == 0:
        return np.empty((0, 4))
    if table.ndim != 2 or table.shape[1] != 4:
        raise ValueError(f"rows of four counts are wanted, not {table.shape}")
    whole: Floats = table[(np.isfinite(table) & (table >= 0)).all(axis=1)]
    return whole


def _roc_curve(label: str, table: Floats) -> _Curve | None:
    tp, fp, tn, fn = table.T
    there = (tp + fn > 0) & (fp + tn > 0)
    if not there.any():
        return None
    tp, fp, tn, fn = (part[there] for part in (tp, fp, tn, fn))
    # a threshold above all scores takes nothing, one below all takes everything
    x = np.concatenate(([0.0], fp / (fp + tn), [1.0]))
    y = np.concatenate(([0.0], tp / (tp + fn), [1.0]))
    return _curve(label, x, y, np.lexsort((y, x)), (tp + fn) / (tp + fp + tn + fn))


def _recall_curve(label: str, table: Floats) -> _Curve | None:
    tp, fp, tn, fn = table.T
    there = (tp + fn > 0) & (tp + fp > 0)  # of nothing predicted there is no precision
    if not there.any():
        return None
    tp, fp, tn, fn = (part[there] for part in (tp, fp, tn, fn))
    x, y = tp / (tp + fn), tp / (tp + fp)
    order = np.lexsort((-y, x))
    x, y = x[order], y[order]
    if x[0] > 0:
        x, y = np.concatenate(([0.0], x)), np.concatenate((y[:1], y))
    return _curve(label, x, y, np.arange(len(x)), (tp + fn) / (tp + fp + tn + fn))


def _curve(label: str, x: Floats, y: Floats, order: Any, share: Floats) -> _Curve:
    x, y = x[order], y[order]
    fresh = np.concatenate(([True], (np.diff(x) != 0) | (np.diff(y) != 0)))
    x, y = x[fresh], y[fresh]
    area = float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))
    return _Curve(label, x, y, area, float(share.mean()))


def _visible(x: Floats, y: Floats, window: tuple[float, float] | None) -> tuple[Floats, Floats]:
    """Return the points that can be told apart: those of a steep rise are as close in x as any."""
    low, high = (0.0, 1.0) if window is None else sorted(window)
    begin = max(0, int(np.searchsorted(x, low, "left")) - 1)
    end = int(np.searchsorted(x, high, "right")) + 1
    x, y = x[begin:end], y[begin:end]
    if len(x) <= _FINE:
        return x, y
    across = np.round((x - low) / max(high - low, 1e-9) * _FINE)
    moved = (np.diff(across) != 0) | (np.diff(np.round(y * _FINE)) != 0)
    keep = np.concatenate(([True], moved))
    keep[-1] = True
    return x[keep], y[keep]


# -- residuals and predictions ----------------------------------------------------------------------


def residuals(data: dict[str, Any], options: ChartOptions) -> dict[str, Any] | None:  # noqa: ARG001 - nothing is thinned
    """Return a histogram, with the bins as logged."""
    bins = _bins(data)
    if bins is None:
        return None
    edges, counts = bins
    centers = edges[:-1] / 2 + edges[1:] / 2
    top = float(np.nanmax(counts, initial=0.0))
    low, high = _wide(float(edges[0]), float(edges[-1]))
    guides: tuple[Guide, ...] = ()
    if low < 0 < high:
        guides = (Guide("no error", np.zeros(2), np.array([0.0, top or 1.0])),)
    said = f"{count(len(counts), 'bin')} · {_samples(counts, 'residual')}"
    for key, word in (("mean", "mean"), ("stddev", "sd")):
        told = data.get(key)
        if isinstance(told, (int, float)) and not isinstance(told, bool):
            said += f" · {word} {number(told, 3)}"
    return {
        "x_kind": "column",
        "x_label": "residual (predicted − true)",
        "y_label": "count",
        "lines": (_line(centers, counts, edges=edges),),
        "guides": guides,
        "frame": (low, high, 0.0, top * 1.06 or 1.0),
        "badge": said,
    }


def predictions(data: dict[str, Any], options: ChartOptions) -> dict[str, Any] | None:  # noqa: ARG001 - nothing is thinned
    """Return the average prediction of each bin of true values, with its error as a band."""
    bins = _bins(data)
    means, errors = _numbers(data.get("bin_averages")), _numbers(data.get("bin_errors"))
    if bins is None or means is None or errors is None:
        return None
    edges, counts = bins
    if not len(means) == len(errors) == len(counts):
        return None
    x = edges[:-1] / 2 + edges[1:] / 2
    filled = ~(counts == 0)  # a bin without values has no average
    x, means, errors = x[filled], means[filled], np.abs(np.nan_to_num(errors[filled], posinf=0.0))
    if not np.isfinite(means).any():
        return None
    band = (means - errors, means + errors)
    known = np.concatenate([part[np.isfinite(part)] for part in band])
    low, high = _wide(float(edges[0]), float(edges[-1]))
    bottom = min(float(known.min()), float(edges[0]))
    top = max(float(known.max()), float(edges[-1]))
    margin = (top - bottom) * 0.04 or 1.0
    ends = np.array([edges[0], edges[-1]])
    empty = int(len(filled) - np.count_nonzero(filled))
    said = f"{count(len(counts), 'bin')}{f' ({empty:,} empty)' if empty else ''}"
    return {
        "x_kind": "column",
        "x_label": "true value",
        "y_label": "predicted: average ± error",
        "lines": (_line(x, means, band=band),),
        "guides": (Guide("ideal", ends, ends),),
        "frame": (low, high, bottom - margin, top + margin),
        "badge": f"{said} · {_samples(counts, 'value')}",
    }


def _numbers(value: Any) -> Floats | None:
    try:
        found: Floats = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found.ndim == 1 and len(found) else None


def _bins(data: dict[str, Any]) -> tuple[Floats, Floats] | None:
    """Return edges that rise, and one count less than edges; NaN for what is no count."""
    edges, counts = _numbers(data.get("bin_edges")), _numbers(data.get("bin_counts"))
    if edges is None or counts is None or len(edges) != len(counts) + 1:
        return None
    if not np.isfinite(edges).all() or bool((np.diff(edges) < 0).any()):
        return None
    return edges, np.where(np.isfinite(counts) & (counts >= 0), counts, np.nan)


def _samples(counts: Floats, word: str) -> str:
    total = float(np.nansum(counts))
    # weighted counts are no whole numbers
    return count(int(total), word) if total == int(total) else f"{number(total)} {word}s"


def _wide(low: float, high: float) -> tuple[float, float]:
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def _line(
    x: Floats, y: Floats, *, band: tuple[Floats, Floats] | None = None, edges: Floats | None = None
) -> Line:
    finite = y[np.isfinite(y)]
    return Line(
        key="value",
        label="",
        x=x,
        y=np.where(np.isfinite(y), y, np.nan),
        faint=None,
        marks=tuple((float(at), "NaN") for at in x[~np.isfinite(y)]),
        total=len(x),
        drawn=len(x),
        minimum=float(finite.min()) if len(finite) else None,
        maximum=float(finite.max()) if len(finite) else None,
        last=float(y[-1]) if len(y) else None,
        band=band,
        edges=edges,
    )


# -- which of them a metric has ---------------------------------------------------------------------

# kind of the metric: for each of its charts what its title says, and who draws it
_FACES: dict[str, tuple[tuple[str, Draw], ...]] = {
    "accuracy_table": (("ROC", roc), ("precision-recall", precision_recall)),
    "residuals": (("", residuals),),
    "predictions": (("", predictions),),
}
_MARK = "\x1f"  # between a metric's name and the chart, in the keys of the charts after the first


def keys_of(name: str, kind: str) -> list[str]:
    """Return the keys of a metric's charts: its name, and of those with several the others too."""
    return [name, *(f"{name}{_MARK}{face}" for face, _ in _FACES.get(kind, ())[1:])]


def name_of(key: str) -> str:
    """Return the name of the metric that a chart is of."""
    return key.partition(_MARK)[0]


def parts_of(
    key: str, kind: str, value: Any, options: ChartOptions
) -> tuple[str, dict[str, Any] | None]:
    """Return what the title of a chart adds to the metric's name, and the chart's parts."""
    faces = _FACES.get(kind, ())
    said = key.partition(_MARK)[2]
    title, draw = next((one for one in faces if one[0] == said), faces[0])
    data = data_of(value)
    with np.errstate(all="ignore"):  # a value that overflows is a gap, not a warning in some cell
        return clean(title), None if data is None else draw(data, options)
