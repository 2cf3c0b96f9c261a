"""When a run of a sweep is not worth going on with, told from how it does beside the others.

An interval is one value of the primary metric: what a run logs the tenth time is compared with what the others had by their
tenth. A run that has ended before counts with all it had; one that has not come so far yet does not count.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from jupyter_runs.errors import InvalidValueError
from jupyter_runs.journal.errors import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

MAXIMIZE, MINIMIZE = "maximize", "minimize"


class Seen(NamedTuple):
    """What is known of one run: its values of the primary metric, and whether it has ended."""

    values: Sequence[float]
    ended: bool = False


def best_of(values: Sequence[float], goal: str) -> Optional[float]:
    """Return the best of some values, None if there is no number among them."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return None
    return max(finite) if goal == MAXIMIZE else min(finite)


class Policy:
    """What all of them have.

    Attributes
    ----------
    evaluation_interval : int
        A run is looked at each time that it has logged so many values more.
    delay_evaluation : int
        It is not looked at before it has logged so many.
    """

    evaluation_interval: int
    delay_evaluation: int

    def __post_init__(self) -> None:
        _whole("evaluation_interval", self.evaluation_interval, 1)
        _whole("delay_evaluation", self.delay_evaluation, 0)

    def due(self, count: int, looked: int) -> int:
        """Return the interval to look at, of a run with so many values that was looked at before; 0 for none."""
        interval = count - count % self.evaluation_interval
        return interval if interval > looked and interval >= self.delay_evaluation else 0

    def stop(self, interval: int, mine: Seen, others: Sequence[Seen], goal: str) -> str:
        """Return why a run is to be stopped at an interval that it has come to, "" if it may go on."""
        there = [
            seen for seen in others if seen.values and (seen.ended or len(seen.values) >= interval)
        ]
        sign = 1.0 if goal == MAXIMIZE else -1.0
        told = self._stop(interval, _turned(mine, sign), [_turned(seen, sign) for seen in there])
        if told is None:
            return ""
        own = best_of(mine.values[:interval], goal)
        has = "no number" if own is None else f"{own:.6g} at best"
        return (
            f"{type(self).__name__}: at interval {interval} it has {has}, {told.format(sign=sign)}"
        )

    def _stop(self, interval: int, mine: Seen, others: list[Seen]) -> Optional[_Reason]:
        """Tell what it is measured by if it is to be stopped; all values are such that more is better."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"kind": type(self).__name__, **asdict(self)}  # type: ignore[call-overload]  # they are dataclasses all


class _Reason:
    """The words for a bound, which is shown as the person's own metric has it."""

    def __init__(self, words: str, bound: Optional[float] = None) -> None:
        self._words, self._bound = words, bound

    def format(self, sign: float) -> str:
        if self._bound is None:
            return self._words
        return f"{self._words} {self._bound * sign:.6g}"


def _turned(seen: Seen, sign: float) -> Seen:
    """Return values of which more is better; what is no number is worse than all."""
    return Seen([v * sign if math.isfinite(v) else -math.inf for v in seen.values], seen.ended)


def _best(seen: Seen, interval: int) -> float:
    return max(seen.values[:interval], default=-math.inf)


@dataclass(frozen=True)
class NoTerminationPolicy(Policy):
    """Lets all runs go on to their end."""

    evaluation_interval: int = 1
    delay_evaluation: int = 0

    def _stop(self, interval: int, mine: Seen, others: list[Seen]) -> Optional[_Reason]:  # noqa: ARG002 - as the others
        return None


@dataclass(frozen=True)
class BanditPolicy(Policy):
    """Stops a run that is too far behind the best one.

    Parameters
    ----------
    slack_factor
        How far, as a share: 0.2 stops one below best / 1.2, or above best · 1.2 where less is better.
    slack_amount
        How far, as a difference, in place of the share.
    """

    evaluation_interval: int = 1
    slack_factor: Optional[float] = None
    slack_amount: Optional[float] = None
    delay_evaluation: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        given = [each for each in (self.slack_factor, self.slack_amount) if each is not None]
        if len(given) != 1:
            raise InvalidValueError("BanditPolicy takes slack_factor or slack_amount, one of both")
        slack = given[0]
        if isinstance(slack, bool) or not isinstance(slack, (int, float)) or not slack >= 0:
            raise InvalidValueError(f"slack is a number of 0 or more, not {shown(slack)}")

    def _stop(self, interval: int, mine: Seen, others: list[Seen]) -> Optional[_Reason]:
        best = max((_best(seen, interval) for seen in others), default=-math.inf)
        if best == -math.inf:
            return None
        if self.slack_amount is not None:
            bound = best - self.slack_amount
        else:  # to the worse side, on whichever side of 0 that is
            share = 1 + (self.slack_factor or 0)
            bound = best / share if best >= 0 else best * share
        if _best(mine, interval) >= bound:
            return None
        return _Reason("which is beyond", bound)


@dataclass(frozen=True)
class MedianStoppingPolicy(Policy):
    """Stops a run whose best value is worse than the median of what the runs had on average until then."""

    evaluation_interval: int = 1
    delay_evaluation: int = 0

    def _stop(self, interval: int, mine: Seen, others: list[Seen]) -> Optional[_Reason]:
        if not others:
            return None
        bound = median(fmean(seen.values[:interval]) for seen in (mine, *others))
        if _best(mine, interval) >= bound:
            return None
        return _Reason("worse than the median of the averages,", bound)


@dataclass(frozen=True)
class TruncationSelectionPolicy(Policy):
    """Stops the runs that are among the worst.

    Parameters
    ----------
    truncation_percentage
        How many of them, in percent.
    exclude_finished_jobs
        Not to compare with runs that have ended.
    """

    truncation_percentage: int
    evaluation_interval: int = 1
    delay_evaluation: int = 0
    exclude_finished_jobs: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        _whole("truncation_percentage", self.truncation_percentage, 1)
        if self.truncation_percentage > 99:
            raise InvalidValueError(
                f"truncation_percentage is 1 to 99, not {self.truncation_percentage}"
            )

    def _stop(self, interval: int, mine: Seen, others: list[Seen]) -> Optional[_Reason]:
        if self.exclude_finished_jobs:
            others = [seen for seen in others if not seen.ended]
        count = len(others) + 1
        worst = count * self.truncation_percentage // 100
        own = _best(mine, interval)
        better = sum(_best(seen, interval) > own for seen in others)
        if not worst or better < count - worst:
            return None
        return _Reason(f"among the worst {worst} of {count}")


def _whole(name: str, value: Any, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidValueError(f"{name} is a whole number of {least} or more, not {shown(value)}")


_KINDS = {
    kind.__name__: kind
    for kind in (NoTerminationPolicy, BanditPolicy, MedianStoppingPolicy, TruncationSelectionPolicy)
}


def policy_of(told: dict[str, Any]) -> Policy:
    """Return what `Policy.to_json` was made of."""
    return _KINDS[told["kind"]](**{key: value for key, value in told.items() if key != "kind"})
