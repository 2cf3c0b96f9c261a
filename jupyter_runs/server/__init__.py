"""The Jupyter Server extension: what runs there are, over HTTP.

It reads run folders and asks no kernel, so a busy or dead kernel does not stop what it shows. It
imports no ipywidgets: a server's environment need not be the kernel's.
"""

from __future__ import annotations

from .app import RunsApp

__all__ = ["RunsApp"]
