from __future__ import annotations

from collections.abc import Iterator

import pytest

from operations.shared import shared


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """What viewers share must not outlive a test."""
    shared.clear()
    yield
    shared.clear()
