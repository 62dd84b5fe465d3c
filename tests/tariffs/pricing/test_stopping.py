from __future__ import annotations

import pytest

from tariffs.pricing.stopping import Limit, SessionLimits, Used, limit_reached


def used(energy_wh: int = 0, duration_s: int = 0, amount_minor: int = 0) -> Used:
    return Used(energy_wh=energy_wh, duration_s=duration_s, amount_minor=amount_minor)


LIMITS = SessionLimits(energy_wh=30_000, duration_s=7200, amount_minor=2500)


@pytest.mark.parametrize(
    ("so_far", "expected"),
    [
        (used(29_999, 7199, 2499), None),
        (used(energy_wh=30_000), Limit.ENERGY),
        (used(duration_s=7200), Limit.DURATION),
        (used(amount_minor=2500), Limit.AMOUNT),
        (used(amount_minor=2600), Limit.AMOUNT),
        (used(30_000, 7200, 2500), Limit.ENERGY),
    ],
)
def test_limits_of_the_tariff(so_far: Used, expected: Limit | None) -> None:
    assert limit_reached(LIMITS, so_far, funds_minor=None) == expected


@pytest.mark.parametrize(
    ("amount", "funds", "expected"),
    [
        (949, 1000, None),
        (950, 1000, Limit.FUNDS),
        (0, 0, Limit.FUNDS),
        (0, 1, None),
        (1, 1, Limit.FUNDS),
        (0, -1, Limit.FUNDS),
        (10_000, None, None),
    ],
)
def test_money_is_used_up_at_95_percent(
    amount: int, funds: int | None, expected: Limit | None
) -> None:
    so_far = used(amount_minor=amount)
    assert limit_reached(SessionLimits(), so_far, funds_minor=funds) == expected


def test_nothing_is_limited_without_limits() -> None:
    assert limit_reached(SessionLimits(), used(10**9, 10**9, 10**9), funds_minor=None) is None
