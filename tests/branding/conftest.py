from __future__ import annotations

import pytest
from django.core.cache import cache
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _quick_and_clean(settings: Settings) -> None:
    """No rate limit or brand left over from another test."""
    settings.EVENTS_WAKE_WORKERS = False
    settings.WHITENOISE_AUTOREFRESH = True  # no scan of the static files for every client
    cache.clear()
