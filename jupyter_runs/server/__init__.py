"""The Jupyter Server extension: what runs there are, over HTTP."""

from __future__ import annotations
