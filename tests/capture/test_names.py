from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.capture.names import (
    ADJECTIVES,
    NOUNS,
    did_you_mean,
    display_name,
    make_run_id,
    near,
)
from jupyter_runs.journal import check_run_id


def test_two_words():
    assert all(re.fullmatch(r"[a-z]+-[a-z]+", display_name()) for _ in range(100))
    assert len(set(ADJECTIVES)) * len(set(NOUNS)) > 10_000


def test_a_seed_of_the_person_neither_steers_nor_is_steered():
    random.seed(0)
    one, after = display_name(), random.random()
    random.seed(0)
    assert random.random() == after
    random.seed(0)
    assert {display_name() for _ in range(20)} != {one}


@given(st.text())
def test_any_name_makes_an_id(name):
    check_run_id(make_run_id(name))


def test_ids_differ():
    assert len({make_run_id("a") for _ in range(1000)}) == 1000


def test_near():
    assert near("los", ["loss", "accuracy"]) == ["loss"]
    assert near("train", ["train/loss", "val/loss"]) == ["train/loss"]
    assert did_you_mean("x", []) == "there are none yet"
    assert did_you_mean("x", ["a", "b"]) == "there are 'a', 'b'"
    assert did_you_mean("#", [str(i) for i in range(1000)]).endswith("and 990 more")


@pytest.mark.parametrize("name", ["", "x" * 500, "🦦", "../..", "lr 0.1"])
def test_ids_are_readable(name):
    assert re.fullmatch(r"[A-Za-z0-9_-]{10,69}", make_run_id(name))
