from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from chargers.models import Evse
from common.tenancy import operator_scope, system_scope
from tariffs.resolution import Customer, Reason
from tariffs.selectors.resolution import (
    Plug,
    Resolution,
    customer_of,
    customer_of_transaction,
    plug_of_transaction,
    price_list,
    resolve,
    resolve_many,
    resolve_plug,
)
from tests.factories import (
    NOW,
    DriverFactory,
    DriverGroupFactory,
    IdTokenFactory,
    LocationFactory,
    TariffFactory,
    TariffVersionFactory,
    TransactionFactory,
)
from tests.tariffs.support import give, make_group, make_plug, make_tariff


@pytest.fixture(autouse=True)
def _scope(operator: Operator) -> Iterator[None]:
    with operator_scope(operator.pk):
        yield


@pytest.fixture
def plug(operator: Operator) -> Evse:
    return make_plug(operator)


def _ask(plug: Evse, customer: Customer | None = None) -> Resolution:
    return resolve(evse=plug, customer=customer or Customer.nobody(), at=NOW)


def _tariff_name(found: Resolution) -> str | None:
    return found.version.tariff.name if found.version else None


def test_without_assignments_nothing_is_found(plug: Evse) -> None:
    found = _ask(plug)
    assert (found.version, found.group, found.denied) == (None, None, False)
    assert found.explanation() == []


def test_only_places_that_cover_the_plug_are_candidates(operator: Operator, plug: Evse) -> None:
    everyone = make_group(operator)
    elsewhere = make_plug(operator)
    for place in ({"evse": elsewhere}, {"station": elsewhere.station}):
        give(everyone, make_tariff(operator, f"T{len(place)}{next(iter(place))}"), **place)
    network = give(everyone, make_tariff(operator, "Network"))
    assert [one.candidate.key for one in _ask(plug).verdicts] == [network.pk]
    location = give(everyone, make_tariff(operator, "Location"), location=plug.station.location)
    station = give(everyone, make_tariff(operator, "Station"), station=plug.station)
    assert _tariff_name(_ask(plug)) == "Station"
    own = give(everyone, make_tariff(operator, "Own"), evse=plug)
    found = _ask(plug)
    assert _tariff_name(found) == "Own"
    assert found.group == everyone.pk
    assert [one.candidate.key for one in found.verdicts] == [
        own.pk, station.pk, location.pk, network.pk,
    ]  # fmt: skip


def test_the_version_of_the_instant_counts(operator: Operator, plug: Evse) -> None:
    tariff = TariffFactory.create(operator=operator)
    hours = [timedelta(hours=hour) for hour in (-2, -1, 0, 1)]
    versions = [
        TariffVersionFactory.create(tariff=tariff, number=number, valid_from=NOW + hour)
        for number, hour in enumerate(hours, 1)
    ]
    give(make_group(operator), tariff)
    at = {at: resolve(evse=plug, customer=Customer.nobody(), at=NOW + at) for at in hours}
    assert [found.version for found in at.values()] == versions
    before = resolve(evse=plug, customer=Customer.nobody(), at=NOW - timedelta(hours=3))
    assert before.version is None
    assert [one.reason for one in before.verdicts] == [Reason.NO_VERSION_YET]
    with system_scope("tests"):
        versions[2].withdrawn_at = NOW
        versions[2].save()
    assert _ask(plug).version == versions[1]


def test_an_archived_tariff_leaves_it_to_the_next(operator: Operator, plug: Evse) -> None:
    everyone = make_group(operator)
    give(everyone, make_tariff(operator, "Old", archived_at=NOW), evse=plug)
    give(everyone, make_tariff(operator, "New"))
    found = _ask(plug)
    assert _tariff_name(found) == "New"
    assert [one.reason for one in found.verdicts] == [Reason.TARIFF_ARCHIVED, Reason.WON]


def test_no_charging_denies(operator: Operator, plug: Evse) -> None:
    give(make_group(operator), None, station=plug.station)
    give(make_group(operator, "Later"), make_tariff(operator))
    found = _ask(plug)
    assert (found.version, found.denied) == (None, True)


def test_members_of_driver_groups(operator: Operator, plug: Evse) -> None:
    fleet = DriverGroupFactory.create(operator=operator)
    member, other = (DriverFactory.create(operator=operator) for _ in range(2))
    member.groups.add(fleet)
    members = make_group(operator, "Fleet", audience="groups", position=0)
    members.driver_groups.add(fleet)
    give(members, make_tariff(operator, "Fleet"))
    give(make_group(operator, "Known", audience="registered", position=1), make_tariff(operator))
    give(
        make_group(operator, "Guests", audience="ad_hoc", position=2),
        make_tariff(operator, "Guests"),
    )
    asked = [customer_of(member), customer_of(other), customer_of(None, is_ad_hoc=True)]
    assert [_tariff_name(_ask(plug, one)) for one in asked] == ["Fleet", "Day", "Guests"]
    assert _ask(plug, customer_of(None)).version is None


def test_another_operators_prices_are_none(
    operator: Operator, other_operator: Operator, plug: Evse
) -> None:
    give(make_group(other_operator), make_tariff(other_operator))
    assert _ask(plug).verdicts == ()
    with system_scope("tests: as the ingest does"):
        assert _ask(plug).verdicts == ()


def test_what_is_long_over_is_no_candidate(operator: Operator, plug: Evse) -> None:
    everyone, tariff = make_group(operator), make_tariff(operator)
    give(everyone, tariff, valid_until=NOW - timedelta(days=91))
    recent = give(everyone, tariff, valid_until=NOW - timedelta(days=89))
    verdicts = _ask(plug).verdicts
    assert [one.candidate.key for one in verdicts] == [recent.pk]
    assert [one.reason for one in verdicts] == [Reason.NOT_VALID_ANY_MORE]


def _fill(operator: Operator, plugs: list[Evse]) -> None:
    fleet = DriverGroupFactory.create(operator=operator)
    for number in range(3):
        group = make_group(operator, f"G{number}", audience="groups")
        group.driver_groups.add(fleet)
        for plug in plugs:
            give(group, make_tariff(operator, f"T{number} {plug.pk}"), evse=plug)


def test_one_plug_takes_four_queries(operator: Operator, plug: Evse) -> None:
    _fill(operator, [plug, make_plug(operator)])
    row = Evse.objects.get(pk=plug.pk)
    with CaptureQueriesContext(connection) as queries:
        _ask(row)
    assert len(queries) == 4


@pytest.mark.parametrize("count", [1, 6])
def test_many_plugs_take_three_queries(operator: Operator, count: int) -> None:
    everyone = make_group(operator, "Everyone")
    plugs = [make_plug(operator) for _ in range(count)]
    _fill(operator, plugs)
    for plug in plugs:
        give(everyone, make_tariff(operator, f"At {plug.pk}"), station=plug.station)
    with CaptureQueriesContext(connection) as queries:
        found = resolve_many(evses=plugs, customer=Customer.nobody(), at=NOW)
    assert len(queries) == 3
    assert {pk: _tariff_name(one) for pk, one in found.items()} == {
        plug.pk: f"At {plug.pk}" for plug in plugs
    }


def test_many_are_resolved_as_one_by_one(operator: Operator) -> None:
    location = LocationFactory.create(operator=operator)
    plugs = [make_plug(operator, location), make_plug(operator, location, current_type="DC")]
    everyone = make_group(operator)
    give(everyone, make_tariff(operator, "DC"), location=location, current_type="DC")
    give(everyone, make_tariff(operator, "All"))
    many = resolve_many(evses=plugs, customer=Customer.nobody(), at=NOW)
    assert many == {plug.pk: _ask(plug) for plug in plugs}
    assert [_tariff_name(one) for one in many.values()] == ["All", "DC"]
    whole = price_list(operator_id=operator.pk, at=NOW)
    assert {plug.pk: whole.resolve(Plug.of(plug), Customer.nobody()) for plug in plugs} == many
    assert resolve_many(evses=[], customer=Customer.nobody(), at=NOW) == {}


def test_who_charges_in_a_session(operator: Operator, plug: Evse) -> None:
    fleet = DriverGroupFactory.create(operator=operator)
    driver = DriverFactory.create(operator=operator)
    driver.groups.add(fleet)
    pool = IdTokenFactory.create(operator=operator, driver=None)
    sessions = [
        TransactionFactory.create(station=plug.station, **values)
        for values in (
            {"driver": driver},
            {"id_token": pool, "id_token_uid": pool.uid, "id_token_type": "ISO14443"},
            {"id_token_type": "NoAuthorization"},
            {"id_token_uid": "psp-1", "id_token_type": "DirectPayment"},
        )
    ]
    assert [customer_of_transaction(session) for session in sessions] == [
        Customer(driver=driver.pk, groups=frozenset({fleet.pk})),
        Customer.nobody(),
        Customer.guest(),
        Customer.guest(),
    ]


def test_a_session_is_resolved_where_it_began(operator: Operator, plug: Evse) -> None:
    session = TransactionFactory.create(station=plug.station, evse=plug)
    assert plug_of_transaction(session) == Plug.of(plug)
    without = TransactionFactory.create(station=plug.station)
    place = plug_of_transaction(without)
    assert (place.evse, place.current_type) == (None, "")
    give(make_group(operator), make_tariff(operator), station=plug.station)
    found = resolve_plug(operator_id=operator.pk, plug=place, customer=Customer.nobody(), at=NOW)
    assert _tariff_name(found) == "Day"
