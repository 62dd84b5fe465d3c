"""The terms of versions, read once a process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from uuid import UUID

from tariffs.models import TariffVersion
from tariffs.pricing.document import load_terms
from tariffs.pricing.terms import Terms

_MOST = 2000

_kept: OrderedDict[UUID, Terms] = OrderedDict()
_lock = threading.Lock()


def terms_of(version: TariffVersion) -> Terms:
    """What a version says; kept by its key, since a version never changes.

    Raises:
        BadTermsError: the stored document cannot be read, which no service lets happen.
    """
    with _lock:
        known = _kept.get(version.pk)
        if known is not None:
            _kept.move_to_end(version.pk)
            return known
    terms = load_terms(version.terms)
    with _lock:
        _kept[version.pk] = terms
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return terms
