"""Is anybody there to watch a widget? What executes notebooks unattended wants a picture."""

from __future__ import annotations

import os


def is_watched() -> bool:
    """Tell whether the running cell was sent from a page.

    What executes notebooks by itself (nbclient, and with it nbconvert and papermill) cannot be asked for input, and
    says so with each cell; a page can. A widget would be dead there, its saved state would weigh more than
    all pictures, and nbconvert would prefer it to them, and need a network to draw it. Voilà executes
    with nbclient too, but for a page.
    """
    from IPython.core.getipython import get_ipython

    if any(name.startswith("VOILA_") for name in os.environ):
        return True
    kernel = getattr(get_ipython(), "kernel", None)
    return kernel is None or getattr(kernel, "_allow_stdin", True) is not False
