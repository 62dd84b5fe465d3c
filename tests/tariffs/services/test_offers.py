from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Driver, Operator
from chargers.models import Evse
from common.tenancy import operator_scope
from tariffs.exceptions import UnableToOffer
from tariffs.models import TariffOffer
from tariffs.services.offers import bind, forget_unused, offer, offer_of
from tests.factories import (
    NOW,
    DriverFactory,
    PinnedTariffFactory,
    StationCommandFactory,
    TariffOfferFactory,
    TransactionFactory,
)
from tests.tariffs.support import give, make_group, make_plug, make_tariff

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _scope(operator: Operator) -> Iterator[None]:
    with operator_scope(operator.pk):
        yield


@pytest.fixture
def plug(operator: Operator) -> Evse:
    return make_plug(operator)


@pytest.fixture
def driver(operator: Operator) -> Driver:
    return DriverFactory.create(operator=operator)


def test_an_offer_keeps_the_price_and_why(operator: Operator, plug: Evse, driver: Driver) -> None:
    known = make_group(operator, "Known", audience="registered")
    give(known, make_tariff(operator, "Member"))
    give(make_group(operator, "All"), make_tariff(operator, "Day"))
    made = offer(evse=plug, driver=driver, now=NOW)
    made.refresh_from_db()
    assert (made.version.tariff.name, made.group, made.driver) == ("Member", known, driver)
    assert made.expires_at == NOW + 15 * MINUTE
    assert [one["reason"] for one in made.explanation] == ["won", "another_group_first"]
    guest = offer(evse=plug, driver=None, is_ad_hoc=True, now=NOW)
    assert (guest.version.tariff.name, guest.driver) == ("Day", None)


def test_how_long_an_offer_holds_is_a_setting(
    operator: Operator, plug: Evse, settings: object
) -> None:
    settings.TARIFF_OFFER_SECONDS = 60  # type: ignore[attr-defined]
    give(make_group(operator), make_tariff(operator))
    assert offer(evse=plug, driver=None, now=NOW).expires_at == NOW + MINUTE


def test_nothing_is_offered_where_nobody_may_charge_or_no_price_is_known(
    operator: Operator, plug: Evse
) -> None:
    with pytest.raises(UnableToOffer, match="No price"):
        offer(evse=plug, driver=None, now=NOW)
    give(make_group(operator), None)
    with pytest.raises(UnableToOffer, match="not allowed"):
        offer(evse=plug, driver=None, now=NOW)
    assert not TariffOffer.objects.exists()


def test_an_offer_is_bound_to_one_start(plug: Evse) -> None:
    made = TariffOfferFactory.create(evse=plug)
    for _ in range(2):
        assert bind(offer=made, remote_start_id=7, now=NOW).remote_start_id == 7
    with pytest.raises(UnableToOffer, match="already"):
        bind(offer=made, remote_start_id=8, now=NOW)
    made.refresh_from_db()
    assert made.remote_start_id == 7
    late = TariffOfferFactory.create(evse=plug, expires_at=NOW)
    with pytest.raises(UnableToOffer, match="expired"):
        bind(offer=late, remote_start_id=9, now=NOW)
    late.refresh_from_db()
    assert late.remote_start_id is None


def test_a_session_has_the_offer_of_its_remote_start(plug: Evse, driver: Driver) -> None:
    made = TariffOfferFactory.create(evse=plug, driver=driver, remote_start_id=7)
    session = TransactionFactory.create(
        station=plug.station, evse=plug, driver=driver, remote_start_id=7
    )
    with CaptureQueriesContext(connection) as queries:
        assert offer_of(session) == made
    assert len(queries) == 1
    unknown_plug = TransactionFactory.create(station=plug.station, driver=driver, remote_start_id=7)
    assert offer_of(unknown_plug) == made


def test_a_station_that_tells_no_number_is_found_by_its_command(plug: Evse, driver: Driver) -> None:
    made = TariffOfferFactory.create(evse=plug, driver=driver, remote_start_id=7)
    session = TransactionFactory.create(station=plug.station, evse=plug, driver=driver)
    assert offer_of(session) is None
    StationCommandFactory.create(
        station=plug.station,
        transaction=session,
        kind="request_start_transaction",
        arguments={"remote_start_id": 7},
    )
    with CaptureQueriesContext(connection) as queries:
        assert offer_of(session) == made
    assert len(queries) == 2


def test_an_offer_of_another_plug_driver_or_time_is_none_of_a_session(
    operator: Operator, plug: Evse, driver: Driver
) -> None:
    TariffOfferFactory.create(evse=plug, driver=driver, remote_start_id=7)
    here = {"station": plug.station, "evse": plug, "driver": driver, "remote_start_id": 7}
    other = make_plug(operator)
    for values in (
        {"remote_start_id": 8},
        {"remote_start_id": None},
        {"driver": DriverFactory.create(operator=operator)},
        {"driver": None},
        {"station": other.station, "evse": other},
        {"started_at": NOW + 15 * MINUTE},
    ):
        assert offer_of(TransactionFactory.create(**{**here, **values})) is None


def test_offers_that_no_session_has_are_forgotten(plug: Evse) -> None:
    old = {"evse": plug, "expires_at": NOW - timedelta(days=1, seconds=1)}
    TariffOfferFactory.create(**old)
    recent = TariffOfferFactory.create(evse=plug, expires_at=NOW - timedelta(days=1))
    used = TariffOfferFactory.create(**old)
    session = TransactionFactory.create(station=plug.station)
    PinnedTariffFactory.create(transaction=session, version=used.version, offer=used)
    assert forget_unused(now=NOW) == 1
    assert set(TariffOffer.objects.all()) == {recent, used}
