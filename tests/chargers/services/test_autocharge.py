"""Vehicles that identify themselves by a MAC address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.exceptions import UnableToManageToken
from accounts.models import IdTokenType, Operator
from accounts.services.tokens import TokenDetails, add_id_token
from accounts.vehicles import mac_address, vehicle_of
from chargers import ports
from chargers.domain.messages import Authorize, IdTokenRef
from chargers.domain.results import AuthorizeResult
from chargers.domain.vocabulary import TransactionEventType
from chargers.models import AccessPolicy, Autocharge
from chargers.services.authorization import LocalTokens
from chargers.services.local_lists.control import set_autocharge, set_operator_autocharge
from common.tenancy import system_scope
from tests.chargers.services.conversation import Conversation, at, codes
from tests.factories import ACTOR, NOW, IdTokenFactory, LocalListFactory, OperatorFactory

MAC = "007DFA072B3C"

DIALECTS = [
    ("VID:007DFA072B3C", "ISO14443"),
    ("vid:007dfa072b3c", "ISO14443"),
    ("VID:00:7D:FA:07:2B:3C", "ISO14443"),
    ("VID007DFA072B3C", "ISO14443"),
    ("EVCCID:007DFA072B3C0000", "ISO14443"),
    ("00:7d:fa:07:2b:3c", "ISO14443"),
    ("00-7D-FA-07-2B-3C", "Central"),
    ("007DFA072B3C", "MacAddress"),
    ("0000007DFA072B3C", "MacAddress"),
    ("007D.FA07.2B3C", "MacAddress"),
]


@pytest.mark.parametrize(("uid", "kind"), DIALECTS)
def test_every_dialect_is_the_same_address(uid: str, kind: str) -> None:
    assert vehicle_of(uid, kind) == MAC


@pytest.mark.parametrize(
    ("uid", "kind"),
    [
        ("007DFA072B3C", "ISO14443"),  # twelve digits may be a card
        ("04A2B9C2", "ISO14443"),
        ("VID:12", "ISO14443"),
        ("VID:ZZ7DFA072B3C", "ISO14443"),
        ("VID:000000000000", "ISO14443"),
        ("VID:FFFFFFFFFFFF", "ISO14443"),
        ("VIDAR", "Central"),
        ("DE-ABC-C12345678", "eMAID"),
        ("", "MacAddress"),
        ("AABBCCDDEEFF00112233", "MacAddress"),
    ],
)
def test_what_is_no_address(uid: str, kind: str) -> None:
    assert vehicle_of(uid, kind) is None


def test_eight_bytes_are_padded_on_one_side() -> None:
    assert mac_address("AABBCCDDEEFF0000") == "AABBCCDDEEFF"
    assert mac_address("0000AABBCCDDEEFF") == "AABBCCDDEEFF"
    assert mac_address("AABBCCDDEEFF0001") is None


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scope() -> Iterator[None]:
    with system_scope("tests"):
        yield


def operator_with_vehicle() -> Operator:
    operator = OperatorFactory.create()
    IdTokenFactory.create(operator=operator, uid=MAC, type=IdTokenType.MAC_ADDRESS)
    return operator


def _read(uid: str, kind: str) -> IdTokenRef:
    return IdTokenRef(uid=uid, type=kind)


def asked(talk: Conversation, uid: str, kind: str) -> str:
    result = talk.say(Authorize(id_token=IdTokenRef(uid=uid, type=kind)), received=NOW)
    assert isinstance(result, AuthorizeResult)
    return str(result.token.status)


@pytest.mark.parametrize(("uid", "kind"), [*DIALECTS, ("007DFA072B3C", "ISO14443")])
def test_one_token_answers_to_every_dialect(uid: str, kind: str) -> None:
    talk = Conversation.begin(operator=operator_with_vehicle(), autocharge="on")
    assert asked(talk, uid, kind) == "Accepted"
    talk.event(TransactionEventType.STARTED, 1, received=None, evse=1, id_token=_read(uid, kind))
    session = talk.only()
    assert session.id_token is not None
    assert (session.id_token.uid, session.id_token_uid) == (MAC, uid)


@pytest.mark.parametrize(("uid", "kind"), [*DIALECTS, ("007DFA072B3C", "ISO14443")])
def test_nobody_charges_by_an_address_where_it_is_not_allowed(uid: str, kind: str) -> None:
    talk = Conversation.begin(operator=operator_with_vehicle())
    assert asked(talk, uid, kind) == "Invalid"
    talk.event(TransactionEventType.STARTED, 1, received=None, evse=1, id_token=_read(uid, kind))
    session = talk.only()
    assert (session.id_token, session.driver, session.authorization_status) == (
        None,
        None,
        "Invalid",
    )
    assert codes(session) == ["unauthorised"]


@pytest.mark.parametrize(
    ("own", "operators", "status"),
    [
        ("", None, "Invalid"),
        ("", False, "Invalid"),
        ("", True, "Accepted"),
        ("off", True, "Invalid"),
        ("on", False, "Accepted"),
    ],
)
def test_the_station_s_own_rule_comes_before_the_operator_s(
    own: str, operators: bool | None, status: str
) -> None:
    operator = operator_with_vehicle()
    if operators is not None:
        AccessPolicy.objects.create(operator=operator, is_autocharge_allowed=operators)
    talk = Conversation.begin(operator=operator, autocharge=own)
    assert asked(talk, f"VID:{MAC}", "ISO14443") == status


def test_an_unknown_vehicle_is_unknown() -> None:
    talk = Conversation.begin(autocharge="on")
    assert asked(talk, f"VID:{MAC}", "ISO14443") == "Unknown"
    assert asked(talk, "VID:nonsense", "ISO14443") == "Unknown"


def test_another_operator_s_vehicle_is_unknown() -> None:
    operator_with_vehicle()
    talk = Conversation.begin(autocharge="on")
    assert asked(talk, f"VID:{MAC}", "ISO14443") == "Unknown"


@pytest.fixture
def _own_tokens_alone() -> Iterator[None]:
    before = ports.authorizers()
    ports.set_authorizers((LocalTokens(),))
    yield
    ports.set_authorizers(before)


@pytest.mark.usefixtures("_own_tokens_alone")
def test_cards_do_not_ask_for_the_switch(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    talk = Conversation.begin()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert asked(talk, "04A2B9C2", "ISO14443") == "Accepted"


def test_a_typed_address_is_stored_in_one_form() -> None:
    operator = OperatorFactory.create()
    for typed in (f"vid:{MAC.lower()}", "00:7D:FA:07:2B:3C"):
        details = TokenDetails(uid=typed, type=IdTokenType.MAC_ADDRESS)
        if typed.startswith("vid"):
            token = add_id_token(
                operator=operator, driver=None, details=details, actor=ACTOR, now=NOW
            )
            assert token.uid == MAC
            continue
        with pytest.raises(UnableToManageToken) as error:
            add_id_token(operator=operator, driver=None, details=details, actor=ACTOR, now=NOW)
        assert error.value.errors == {"uid": "This token exists already."}


def test_a_typed_address_must_be_one() -> None:
    details = TokenDetails(uid="00:7D:FA", type=IdTokenType.MAC_ADDRESS)
    with pytest.raises(UnableToManageToken) as error:
        add_id_token(
            operator=OperatorFactory.create(), driver=None, details=details, actor=ACTOR, now=NOW
        )
    assert error.value.errors == {
        "uid": "A vehicle's address has 12 hexadecimal digits, such as 00:7D:FA:07:2B:3C."
    }


def test_the_switches_are_audited_and_wake_the_lists() -> None:
    talk = Conversation.begin()
    row = LocalListFactory.create(station=talk.station)
    set_autocharge(station=talk.station, autocharge=Autocharge.ON, actor=ACTOR, now=at(1))
    set_autocharge(station=talk.station, autocharge=Autocharge.ON, actor=ACTOR, now=at(2))
    operator = talk.station.operator
    for _ in range(2):
        set_operator_autocharge(operator=operator, is_allowed=True, actor=ACTOR, now=at(3))
    trail = list(operator.audit_entries.order_by("at").values_list("action", "changes"))
    assert trail == [
        ("station.autocharge_changed", {"autocharge": ["", "on"]}),
        ("access_policy.autocharge_changed", {"is_autocharge_allowed": [False, True]}),
    ]
    row.refresh_from_db()
    assert row.due_at == at(3).replace(second=5)
