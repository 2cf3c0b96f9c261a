"""Cards of values with a schema: bars, bands, guides."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_runs.views import RunView
from jupyter_runs.widgets.chart_card import HEIGHT, TALLER, ChartCard


@pytest.fixture
def card(run):
    def make(kind, value):
        getattr(run, f"log_{kind}")("m", value)
        run.flush()
        made = ChartCard("1", lambda _: None)
        made.chart = RunView(run.folder).chart("m")
        made.update(made.chart, log_y=True)
        return made

    return make


def test_bars_have_the_edges_that_were_logged(card):
    made = card("residuals", {"bin_edges": [-2, 0, 1], "bin_counts": [3, 0]})
    line, surface = made._drawn["value"].line, made._drawn["value"]._surface
    assert line.opacities == [0.0]
    assert surface.fill == "inside"
    assert list(zip(surface.x, surface.y)) == [
        (-2, 0), (-2, 3), (0, 3), (0, 0), (0, 0), (1, 0), (1, 0)
    ]  # fmt: skip
    assert made.info["lines"][0]["edges"] == [-2, 0, 1]
    assert made.info["log"] is False  # a histogram begins at zero
    assert made._figure.layout.height == TALLER != HEIGHT
    assert made._texts["y"].value == "count"


def test_a_band_goes_there_and_back(card):
    made = card(
        "predictions",
        {
            "bin_averages": [1, 2],
            "bin_errors": [0.5, 0.25],
            "bin_counts": [3, 4],
            "bin_edges": [0, 2, 4],
        },
    )
    surface = made._drawn["value"]._surface
    assert surface.x.tolist() == [1, 3, 3, 1]
    assert surface.y.tolist() == [1.5, 2.25, 1.75, 0.5]
    assert [mark.line_style for mark in made._compared] == ["dashed"]
    assert "ideal" in made._texts["head"].value


def test_what_is_under_a_line_is_hidden_with_it(card):
    made = card("residuals", {"bin_edges": [0, 1], "bin_counts": [3]})
    drawn = made._drawn["value"]
    assert made.info["lines"][0]["models"] == [m.model_id for m in (drawn.line, drawn._surface)]
    marks = made._figure.marks
    assert marks.index(drawn._surface) < marks.index(drawn.line)


def test_a_guide_moves_with_the_data(card, run):
    made = card("residuals", {"bin_edges": [-1, 1], "bin_counts": [3]})
    run.log_residuals("m", {"bin_edges": [-1, 1], "bin_counts": [9]})
    run.flush()
    guide = made._compared[0]
    made.update(RunView(run.folder).chart("m"))
    assert made._compared == [guide]
    assert np.asarray(guide.y).tolist() == [0, 9]
    assert max(made._drawn["value"]._surface.y) == 9
