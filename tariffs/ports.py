"""What tariffs need from higher floors. Wiring sets the implementations; the defaults are local."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Funds:
    """What is there for one session: integer minor units of an ISO 4217 currency, VAT included."""

    amount_minor: int
    currency: str


class FundsLimit(Protocol):
    """The prepaid money or the hold that running sessions use up.

    A session that is not in the answer has no limit (post-paid). Answers from local rows only.
    """

    def __call__(
        self, transaction_ids: Collection[UUID], *, now: datetime
    ) -> Mapping[UUID, Funds]: ...


def no_funds_limit(
    transaction_ids: Collection[UUID],  # noqa: ARG001
    *,
    now: datetime,  # noqa: ARG001
) -> Mapping[UUID, Funds]:
    """Nobody pays in advance."""
    return {}


_funds_limit: FundsLimit = no_funds_limit


def funds_limit() -> FundsLimit:
    return _funds_limit


def set_funds_limit(limit: FundsLimit) -> None:
    """Replace it (wiring and tests)."""
    global _funds_limit  # noqa: PLW0603 -- one table per process, set at start-up
    _funds_limit = limit
