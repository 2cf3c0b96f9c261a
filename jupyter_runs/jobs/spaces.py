"""What a parameter is chosen from: a list, or a distribution, described in plain values.

A choice is drawn evenly between two bounds, and made a value from there: so one sampler that knows nothing but even
draws serves all of them, and what it learns of a parameter holds for its value.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from statistics import NormalDist
from typing import Any, NamedTuple, Optional

from jupyter_runs.errors import InvalidValueError
from jupyter_runs.journal.errors import shown

_TINY = 1e-9  # of a normal distribution: six standard deviations to each side are drawn
_ARGUMENTS = {
    "choice": ("options",),
    "randint": ("upper",),
    "uniform": ("min_value", "max_value"),
    "quniform": ("min_value", "max_value", "q"),
    "loguniform": ("min_value", "max_value"),
    "qloguniform": ("min_value", "max_value", "q"),
    "normal": ("mu", "sigma"),
    "qnormal": ("mu", "sigma", "q"),
    "lognormal": ("mu", "sigma"),
    "qlognormal": ("mu", "sigma", "q"),
}


class Space(NamedTuple):
    """What one parameter is chosen from.

    Attributes
    ----------
    kind : str
        Such as ``"uniform"``.
    args : list
        What the function of that name was given.
    """

    kind: str
    args: list[Any]

    @property
    def discrete(self) -> bool:
        """Whether there is a list of all it may be."""
        return self.kind in ("choice", "randint")

    @property
    def size(self) -> int:
        """How many values there are; of a `discrete` one alone."""
        return len(self.args[0]) if self.kind == "choice" else int(self.args[0])

    @property
    def bounds(self) -> tuple[float, float]:
        """Between what a draw lies; of one that is not `discrete`."""
        if "normal" in self.kind:
            return _TINY, 1 - _TINY
        return float(self.args[0]), float(self.args[1])

    def value(self, draw: float) -> Any:
        """Return the value that a draw stands for: of a `discrete` one its place, else a number within `bounds`."""
        if self.kind == "choice":
            return self.args[0][int(draw)]
        if self.kind == "randint":
            return int(draw)
        if "normal" in self.kind:
            draw = NormalDist(self.args[0], self.args[1]).inv_cdf(draw)
        if "log" in self.kind:
            draw = math.exp(draw)
        return _quantised(draw, self.args[2]) if self.kind[0] == "q" else draw


def _quantised(value: float, q: float) -> float:
    """Return the nearest multiple of `q`; a whole one of a whole `q`."""
    times = round(value / q)
    # as a person writes it: 0.3 and not 0.30000000000000004
    return times * q if isinstance(q, int) else float(f"{times * q:.12g}")


def space_of(told: Any) -> Space:
    """Return a space from what it is in JSON, checked.

    Raises
    ------
    InvalidValueError
        If it is none; the message says what is wrong.
    """
    if not isinstance(told, (list, tuple)) or len(told) != 2 or told[0] not in _ARGUMENTS:
        raise InvalidValueError(
            f"a parameter is chosen from a choice(…), uniform(…) or the like, not {shown(told)}"
        )
    kind, args = str(told[0]), list(told[1])
    names = _ARGUMENTS[kind]
    if len(args) != len(names):
        raise InvalidValueError(f"{kind} takes {', '.join(names)}, not {shown(args)}")
    if kind == "choice":
        return Space(kind, [_options(args[0])])
    numbers = [_number(kind, *pair) for pair in zip(names, args)]
    _check(kind, dict(zip(names, numbers)))
    return Space(kind, numbers)


def _options(options: Any) -> list[Any]:
    plain = [_plain(option) for option in options]
    if not plain:
        raise InvalidValueError("choice() needs one option at least")
    try:
        json.dumps(plain, allow_nan=False)
    except (TypeError, ValueError):
        raise InvalidValueError(
            f"the options of a choice are numbers, texts and lists of them, not {shown(plain)}"
        ) from None
    return plain


def _plain(option: Any) -> Any:
    """Return a number of numpy's as Python's own."""
    item = getattr(option, "item", None)
    return item() if callable(item) else list(option) if isinstance(option, tuple) else option


def _number(kind: str, name: str, value: Any) -> Any:
    value = _plain(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InvalidValueError(f"{kind}: {name} is a number, not {shown(value)}")
    return value


def _check(kind: str, given: dict[str, Any]) -> None:
    wrong = ""
    if kind == "randint" and (not isinstance(given["upper"], int) or given["upper"] < 1):
        wrong = f"upper is a whole number of 1 or more, not {given['upper']}"
    elif "min_value" in given and not given["min_value"] < given["max_value"]:
        wrong = f"min_value {given['min_value']} is not below max_value {given['max_value']}"
    elif "sigma" in given and not given["sigma"] > 0:
        wrong = f"sigma is a number above 0, not {given['sigma']}"
    elif "q" in given and not given["q"] > 0:
        wrong = f"q is a number above 0, not {given['q']}"
    elif "log" in kind and _highest(given) > 700:
        wrong = f"e to the power of {_highest(given):g} is more than a number can be: its bounds are logarithms"
    if wrong:
        raise InvalidValueError(f"{kind}: {wrong}")


def _highest(given: dict[str, Any]) -> float:
    highest = given["max_value"] if "max_value" in given else given["mu"] + 6 * given["sigma"]
    return float(highest)


def choice(*options: Any) -> Space:
    """One of these, or of a list or range of them."""
    if len(options) == 1 and isinstance(options[0], Iterable) and not isinstance(options[0], str):
        options = tuple(options[0])
    return space_of(("choice", [options]))


def randint(upper: int) -> Space:
    """A whole number from 0 on, below `upper`."""
    return space_of(("randint", [upper]))


def uniform(min_value: float, max_value: float) -> Space:
    """Any number between two, all as likely."""
    return space_of(("uniform", [min_value, max_value]))


def quniform(min_value: float, max_value: float, q: float) -> Space:
    """As `uniform`, rounded to a multiple of `q`: at the ends it may be up to half a `q` beyond."""
    return space_of(("quniform", [min_value, max_value, q]))


def loguniform(min_value: float, max_value: float) -> Space:
    """A number whose logarithm lies between two, all as likely: ``loguniform(-6, -1)`` is e⁻⁶ to e⁻¹."""
    return space_of(("loguniform", [min_value, max_value]))


def qloguniform(min_value: float, max_value: float, q: float) -> Space:
    """As `loguniform`, rounded to a multiple of `q`."""
    return space_of(("qloguniform", [min_value, max_value, q]))


def normal(mu: float, sigma: float) -> Space:
    """A number around `mu`, with the standard deviation `sigma`."""
    return space_of(("normal", [mu, sigma]))


def qnormal(mu: float, sigma: float, q: float) -> Space:
    """As `normal`, rounded to a multiple of `q`."""
    return space_of(("qnormal", [mu, sigma, q]))


def lognormal(mu: float, sigma: float) -> Space:
    """A number whose logarithm lies around `mu`, with the standard deviation `sigma`."""
    return space_of(("lognormal", [mu, sigma]))


def qlognormal(mu: float, sigma: float, q: float) -> Space:
    """As `lognormal`, rounded to a multiple of `q`."""
    return space_of(("qlognormal", [mu, sigma, q]))


class Sampling:
    """How the values of all parameters are chosen.

    Parameters
    ----------
    kind
        ``"random"``, ``"grid"`` or ``"bayesian"``.
    space
        By parameter: what it is chosen from.
    seed
        Gives the same choices each time.

    Raises
    ------
    InvalidValueError
        If there is nothing to choose, or a grid of what has no list of values.
    """

    def __init__(self, kind: str, space: Any, seed: Optional[int] = None) -> None:
        if not isinstance(space, dict) or not space:
            raise InvalidValueError(
                f"parameter_space is a dict such as {{'--lr': uniform(0.01, 0.1)}}, not {shown(space)}"
            )
        if kind not in ("random", "grid", "bayesian"):
            raise InvalidValueError(f"sampling is random, grid or bayesian, not {shown(kind)}")
        self.kind = kind
        self.space = {str(name): space_of(each) for name, each in space.items()}
        self.seed = seed
        for name, each in self.space.items():
            if not name.lstrip("-"):
                raise InvalidValueError(f"a parameter needs a name, not {shown(name)}")
            if kind == "grid" and not each.discrete:
                raise InvalidValueError(
                    f"a grid goes through lists of values: {name} can be a choice(…), not {each.kind}(…)"
                )

    @property
    def size(self) -> Optional[int]:
        """How many choices there are in all, None without an end."""
        if self.kind != "grid":
            return None
        return math.prod(each.size for each in self.space.values())

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        space = {name: [each.kind, each.args] for name, each in self.space.items()}
        return {"kind": self.kind, "space": space, "seed": self.seed}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Sampling:
        """Return what `to_json` was made of."""
        return cls(told["kind"], told["space"], told.get("seed"))


class Sampler:
    """Chooses, by Optuna.

    Parameters
    ----------
    sampling
        From what.
    goal
        ``"maximize"`` or ``"minimize"``.
    """

    def __init__(self, sampling: Sampling, goal: str) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        places = {
            name: list(range(each.size)) for name, each in sampling.space.items() if each.discrete
        }
        kinds = optuna.samplers
        self._sampling = sampling
        self._study: Any = optuna.create_study(
            direction=goal,
            sampler=kinds.GridSampler(places, seed=sampling.seed)
            if sampling.kind == "grid"
            else kinds.RandomSampler(seed=sampling.seed)
            if sampling.kind == "random"
            else kinds.TPESampler(seed=sampling.seed, constant_liar=True),
        )
        self._draws = {
            name: optuna.distributions.CategoricalDistribution(places[name])
            if each.discrete
            else optuna.distributions.FloatDistribution(*each.bounds)
            for name, each in sampling.space.items()
        }

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Return a trial, and its values by parameter."""
        trial = self._study.ask(self._draws)
        space = self._sampling.space
        return trial, {name: space[name].value(draw) for name, draw in trial.params.items()}

    def tell(self, trial: Any, value: Optional[float]) -> None:
        """Tell what came of a trial, None if nothing did."""
        if self._sampling.kind != "bayesian":  # the others learn nothing from it
            return
        if value is None:
            from optuna.trial import TrialState

            self._study.tell(trial, state=TrialState.FAIL)
        else:
            self._study.tell(trial, value)
