"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs a browser last: it is slow, and Playwright keeps an event loop running."""
    items.sort(key=lambda item: BROWSER in item.path.parents)
