"""What billing refuses."""

from __future__ import annotations

from common.errors import UnableTo


class UnableToAccept(UnableTo):
    """A record cannot be let through as it stands."""


class UnableToPriceAgain(UnableTo):
    """A session cannot be priced again."""
