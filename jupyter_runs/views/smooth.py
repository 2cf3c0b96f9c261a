"""Exponential moving average with bias correction, over a whole series at once.

The definition is TensorBoard's: with weight ``w``, ``s_i = w·s_(i-1) + (1-w)·v_i`` from ``s = 0``, and
what is shown is ``s_i / (1 - w^(i+1))``, so that the first values are not pulled to zero. Values that
are not finite are skipped: they take no part, and stay gaps.

Written as a loop this takes a second for a million points. Within a block, ``s_k`` is
``w^k · Σ v_j·w^-j``, a cumulative sum, which is as exact as the loop so long as ``w^-j`` does not
overflow: the block's length is chosen so. Blocks are then chained by their last values.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .model import Floats

_GROWTH = 1e100  # w^-j within a block stays below this: far from overflow, blocks as long as can be
_LONGEST = 4096
_MOST = float(np.finfo(np.float64).max)


class Ema:
    """A moving average that can go on where it stopped: whole and in pieces give the same.

    Parameters
    ----------
    weight
        0 (no smoothing) to below 1.
    """

    def __init__(self, weight: float) -> None:
        if not 0.0 <= weight < 1.0:
            raise ValueError(f"smoothing must be at least 0 and below 1, not {weight!r}")
        self.weight = float(weight)
        self._sum = 0.0
        self._count = 0

    def extend(self, values: Floats) -> Floats:
        """Return the average at each of the next values; NaN where a value is not finite."""
        values = np.asarray(values, dtype=np.float64)
        finite = np.isfinite(values)
        if finite.all():
            return self._run(values)
        out = np.full(values.shape, np.nan)
        out[finite] = self._run(values[finite])
        return out

    def _run(self, values: Floats) -> Floats:
        n, w = len(values), self.weight
        if n == 0 or w == 0.0:
            return values.copy()
        scale = float(np.max(np.abs(values))) or 1.0
        length = int(min(_LONGEST, max(1.0, math.log(_GROWTH) / -math.log(w)), n))
        blocks = -(-n // length)
        flat = np.zeros(blocks * length)
        np.divide(values, scale, out=flat[:n])
        block = flat.reshape(blocks, length)
        powers = w ** np.arange(length, dtype=np.float64)
        block *= (1.0 - w) / powers
        np.cumsum(block, axis=1, out=block)
        block *= powers
        # the average so far, carried into each block
        carry = np.empty(blocks)
        so_far, whole = self._sum / scale, w**length
        for i, last in enumerate(block[:, -1].tolist()):
            carry[i] = so_far
            so_far = so_far * whole + last
        block += carry[:, None] * (powers * w)
        out = flat[:n] * scale
        self._sum = float(out[-1])
        if w ** (self._count + 1) > 1e-17:  # further on, the correction is 1 in double precision
            exponent = np.arange(self._count + 1, self._count + n + 1, dtype=np.float64)
            with np.errstate(
                over="ignore"
            ):  # rounding may lift the largest floats beyond all floats
                out /= -np.expm1(exponent * math.log(w))
            np.clip(out, -_MOST, _MOST, out=out)
        self._count += n
        return out


def smooth(values: Floats, weight: float) -> Floats:
    """Return the bias-corrected moving average of a whole series (see `Ema`)."""
    return Ema(weight).extend(values)
