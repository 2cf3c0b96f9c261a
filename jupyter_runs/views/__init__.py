"""What a person sees of a run, an experiment, a comparison: one builder for widget, REST and reprs.

The way of a number: `journal.Metric` → `charts` (which chart it gets) → `series` (one line, with `smooth`
and `thin`) → `Chart` in `model`, which a widget draws, `jsonable` sends and `svg` prints. `run_view` keeps
one run up to date, `table_view` several; `sweep` one of a sweep; `special` draws values with a schema, `terminal` and `bars` read
logs; `picture` and `reprs` are what stays in a saved notebook.
Imports numpy, and neither ipywidgets nor bqplot: a server shows the same.
"""

from __future__ import annotations

from .model import (
    Chart,
    ChartOptions,
    FileInfo,
    Guide,
    Head,
    ImageItem,
    ImageSeries,
    Line,
    LogPart,
    Matrix,
    MetricSummary,
    Progress,
    RunRow,
    Section,
    Tab,
    Table,
    TableView,
    TextItem,
    Tile,
)
from .reprs import experiment_html, run_html, sparkline, workspace_html
from .run_view import RunView
from .sweep import SweepView, view_of
from .table_view import ComparisonView, comparison, experiment_table

__all__ = [
    "Chart",
    "ChartOptions",
    "ComparisonView",
    "FileInfo",
    "Guide",
    "Head",
    "ImageItem",
    "ImageSeries",
    "Line",
    "LogPart",
    "Matrix",
    "MetricSummary",
    "Progress",
    "RunRow",
    "RunView",
    "Section",
    "SweepView",
    "Tab",
    "Table",
    "TableView",
    "TextItem",
    "Tile",
    "comparison",
    "experiment_html",
    "experiment_table",
    "run_html",
    "sparkline",
    "view_of",
    "workspace_html",
]
