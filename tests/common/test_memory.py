from __future__ import annotations

import gc

from common.memory import settle_memory


def test_what_is_loaded_is_left_out_of_collections() -> None:
    before = gc.get_freeze_count()
    kept = [{"a": number} for number in range(1000)]
    settle_memory()
    try:
        assert gc.get_freeze_count() >= before + len(kept)
        assert len(gc.get_objects()) < len(kept)
    finally:
        gc.unfreeze()
