from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import IdToken, Operator
from chargers.domain.context import StationContext
from chargers.domain.messages import IdTokenRef
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingStation, Evse, StationCommand
from chargers.ports import Deny, Pass, TokenRequest
from chargers.services.authorization import authorize_token
from chargers.services.commands import start_charging
from common.tenancy import operator_scope
from tariffs.services.access import TariffAccess
from tests.factories import (
    NOW,
    DriverFactory,
    DriverGroupFactory,
    EvseFactory,
    IdTokenFactory,
    OperatorFactory,
)
from tests.tariffs.support import give, make_group, make_plug, make_tariff

pytestmark = pytest.mark.django_db

authorize_by_tariff = TariffAccess()
REFUSED = Deny(AuthorizationStatus.NOT_AT_THIS_LOCATION)


@pytest.fixture(autouse=True)
def _scope(operator: Operator) -> Iterator[None]:
    with operator_scope(operator.pk):
        yield


@pytest.fixture
def plug(operator: Operator) -> Evse:
    return make_plug(operator, number=1)


@pytest.fixture
def card(operator: Operator) -> IdToken:
    return IdTokenFactory.create(operator=operator, driver=DriverFactory.create(operator=operator))


def request(plug: Evse, card: IdToken | None, evse: int | None = 1) -> TokenRequest:
    return TokenRequest(
        station=context(plug.station),
        evse=evse,
        id_token=IdTokenRef(uid=card.uid if card else "04AB", type="ISO14443"),
        token=card,
        starting=True,
        now=NOW,
    )


def context(station: ChargingStation) -> StationContext:
    return StationContext(
        station_id=station.pk, operator_id=station.operator_id, epoch=1, protocol="ocpp2.0.1"
    )


def test_without_closed_cells_it_is_not_ours_to_decide(plug: Evse, card: IdToken) -> None:
    give(make_group(plug.operator), make_tariff(plug.operator))
    with CaptureQueriesContext(connection) as queries:
        assert authorize_by_tariff(request(plug, card)) == Pass()
    assert len(queries) == 1


def test_a_closed_place_refuses_whom_it_is_closed_for(
    operator: Operator, plug: Evse, card: IdToken
) -> None:
    staff = DriverGroupFactory.create(operator=operator)
    members = make_group(operator, "Staff", audience="groups", position=0)
    members.driver_groups.add(staff)
    give(members, make_tariff(operator))
    give(make_group(operator, "Public", position=1), None, location=plug.station.location)
    assert authorize_by_tariff(request(plug, card)) == REFUSED
    assert card.driver is not None
    card.driver.groups.add(staff)
    assert authorize_by_tariff(request(plug, card)) == Pass()
    assert authorize_by_tariff(request(make_plug(operator), card)) == Pass()


def test_a_strangers_token_is_left_to_the_next(plug: Evse) -> None:
    give(make_group(plug.operator), None)
    assert authorize_by_tariff(request(plug, None)) == Pass()


def test_before_the_evse_is_known_only_a_wholly_closed_station_refuses(
    operator: Operator, plug: Evse, card: IdToken
) -> None:
    second = EvseFactory.create(station=plug.station, number=2)
    everyone = make_group(operator)
    give(everyone, None, evse=plug)
    assert authorize_by_tariff(request(plug, card, evse=None)) == Pass()
    assert authorize_by_tariff(request(plug, card, evse=1)) == REFUSED
    assert authorize_by_tariff(request(plug, card, evse=2)) == Pass()
    give(everyone, None, evse=second)
    assert authorize_by_tariff(request(plug, card, evse=None)) == REFUSED


def test_another_operators_closed_cells_close_nothing_here(plug: Evse, card: IdToken) -> None:
    give(make_group(OperatorFactory.create()), None)
    assert authorize_by_tariff(request(plug, card)) == Pass()


def test_the_station_is_told_and_a_remote_start_is_refused(
    operator: Operator, plug: Evse, card: IdToken
) -> None:
    give(make_group(operator), None)
    plug.station.is_online = True
    plug.station.save()
    answer = authorize_token(
        station=context(plug.station),
        evse=1,
        id_token=IdTokenRef(uid=card.uid, type="ISO14443"),
        now=NOW,
        starting=True,
    )
    assert answer.info.status == AuthorizationStatus.NOT_AT_THIS_LOCATION
    with pytest.raises(UnableToCommand) as refused:
        start_charging(station=plug.station, evse=plug, id_token=card, now=NOW)
    assert refused.value.errors == {"id_token": "This token may not charge here."}
    assert StationCommand.objects.count() == 0


def test_many_tokens_of_a_station_are_asked_for_at_once(operator: Operator, plug: Evse) -> None:
    staff = DriverGroupFactory.create(operator=operator)
    members = make_group(operator, "Staff", audience="groups", position=0)
    members.driver_groups.add(staff)
    give(members, make_tariff(operator))
    public = make_group(operator, "Public", position=1)
    cards = [
        IdTokenFactory.create(operator=operator, driver=DriverFactory.create(operator=operator))
        for _ in range(6)
    ]
    give(public, None, location=make_plug(operator).station.location)
    assert authorize_by_tariff.at_station(station=context(plug.station), now=NOW) is None
    give(public, None, location=plug.station.location)
    for each in cards[:2]:
        assert each.driver is not None
        each.driver.groups.add(staff)
    with CaptureQueriesContext(connection) as queries:
        ask = authorize_by_tariff.at_station(station=context(plug.station), now=NOW)
        assert ask is not None
        answers = [ask(request(plug, each, evse=None)) for each in cards]
    assert answers == [Pass(), Pass(), REFUSED, REFUSED, REFUSED, REFUSED]
    assert answers == [authorize_by_tariff(request(plug, each, evse=None)) for each in cards]
    assert len(queries) == 6
