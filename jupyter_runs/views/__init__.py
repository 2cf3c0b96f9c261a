"""What a person sees of a run, an experiment, a comparison: one builder for widget, REST and reprs."""

from __future__ import annotations

from .model import (
    Chart,
    ChartOptions,
    ComparisonView,
    FileInfo,
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
from .run_view import RunView

__all__ = [
    "Chart",
    "ChartOptions",
    "ComparisonView",
    "FileInfo",
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
    "Tab",
    "Table",
    "TableView",
    "TextItem",
    "Tile",
]
