"""Short pauses: what a process has loaded when it starts is left out of every collection."""

from __future__ import annotations

import gc


def settle_memory() -> None:
    """Call once, when everything is loaded and before the work begins.

    Modules, models and URLs are some 160,000 objects that live as long as the process; a full
    collection that walks them stops every socket of the process for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
