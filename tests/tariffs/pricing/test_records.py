from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

from tariffs.pricing.charging import BadChargingError, Charging, Period, State
from tariffs.pricing.document import dump_charging, load_charging
from tests.tariffs.pricing import strategies

CHARGING = Charging(
    periods=(
        Period(0, 900, 2500, State.CHARGING, 10_000, 14_500),
        Period(900, 1000, 0, State.IDLE),
    )
)


def test_a_charging_is_a_list_of_rows() -> None:
    assert dump_charging(CHARGING) == {
        "periods": [[0, 900, 2500, "charging", 10_000, 14_500], [900, 1000, 0, "idle", None, None]]
    }


def test_a_lapsed_reservation_is_told() -> None:
    lapsed = Charging(periods=(Period(0, 60, 0, State.RESERVED),), reservation_expired=True)
    assert dump_charging(lapsed) == {
        "periods": [[0, 60, 0, "reserved", None, None]],
        "reservation_expired": True,
    }


@given(charging=strategies.chargings)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_charging_survives_json(charging: Charging) -> None:
    assert load_charging(json.loads(json.dumps(dump_charging(charging)))) == charging


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ([], ""),
        ({"periods": [[0, 1]]}, "periods[0]"),
        ({"periods": [[0, 1.5, 0, "idle", None, None]]}, "periods[0][1]"),
        ({"periods": [[0, 1, True, "idle", None, None]]}, "periods[0][2]"),
        ({"periods": [[0, 1, 0, "asleep", None, None]]}, "periods[0][3]"),
        ({"periods": [[0, 1, 0, "idle", None, 2**63]]}, "periods[0][5]"),
        ({"period": []}, "period"),
    ],
)
def test_what_is_no_charging_is_refused_by_name(document: object, field: str) -> None:
    with pytest.raises(BadChargingError) as caught:
        load_charging(document)
    assert caught.value.field == field
