"""Signed meter values: stored as they came, checked by signature, judged by session."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEntry
from chargers.domain.messages import MeterValues, Reading, SignedData
from chargers.exceptions import UnableToSaveMeterKey
from chargers.models import (
    MeterPublicKey,
    MeterValue,
    SessionMeterCheck,
    SignedMeterValue,
    StationVariable,
    Transaction,
)
from chargers.services.signed import checking
from chargers.services.signed.checking import check_session, check_waiting
from chargers.services.signed.keys import add_meter_key, keys_for, remove_meter_key
from common.tenancy import system_scope
from events.dispatch import dispatch_pending
from tests.chargers.services.conversation import Conversation, at, codes
from tests.factories import ACTOR, NOW
from tests.support.ocmf import Meter, payload

pytestmark = pytest.mark.django_db

METER = Meter()


def instant(minutes: float) -> str:
    return f"{at(minutes):%Y-%m-%dT%H:%M:%S},000+0000 S"


def document(
    minutes: float, *, tx: str, page: str, kwh: str, meter: Meter = METER, **more: Any
) -> str:
    return meter.document(payload(tx=tx, at=instant(minutes), page=page, value=kwh, **more))


BEGIN = document(0, tx="B", page="T7", kwh="100.000")
END = document(60, tx="E", page="T8", kwh="111.040")


def signed(raw: str, minutes: float, context: str, **more: Any) -> Reading:
    data = SignedData(data=raw, **more)
    return Reading(device_at=at(minutes), context=context, signed=(data,))


def charged(
    begin: str = BEGIN,
    end: str = END,
    *,
    key: str = METER.public_key,
    energy_wh: int = 11_040,
    since: float = 0,
    conversation: Conversation | None = None,
) -> Conversation:
    told = conversation or Conversation.begin()
    started = told.start(since, meter_wh=100_000)
    ref = str(started.assigned_id)
    first = signed(begin, since, "Transaction.Begin", public_key=key)
    message = MeterValues(evse=1, connector=1, transaction_ref=ref, readings=(first,))
    told.say(message, received=at(since))
    last = signed(end, since + 60, "Transaction.End", public_key=key)
    told.stop(since + 60, ref, meter_wh=100_000 + energy_wh, readings=(last,))
    return told


def values(told: Conversation) -> list[SignedMeterValue]:
    with system_scope("tests"):
        rows = SignedMeterValue.objects.filter(station=told.station).select_related("key")
        return list(rows.order_by("id"))


def keys(told: Conversation) -> list[MeterPublicKey]:
    with system_scope("tests"):
        return list(MeterPublicKey.objects.filter(station=told.station).order_by("id"))


_DONE = at(61)


def checked(told: Conversation, *, now: datetime = _DONE) -> SessionMeterCheck:
    with system_scope("tests"):
        check_waiting(now=now)
        return SessionMeterCheck.objects.get(transaction=told.transactions()[-1])


def enter_key(told: Conversation, meter: Meter = METER, evse: int = 1) -> MeterPublicKey:
    with system_scope("tests"):
        return add_meter_key(
            station=told.station, evse_number=evse, key=meter.public_key, actor=ACTOR, now=NOW
        )


def test_values_are_stored_as_they_came_and_not_as_readings() -> None:
    told = charged()
    first, last = values(told)
    assert (first.raw, last.raw) == (BEGIN, END)
    assert (first.context, first.status, first.device_at, first.evse_number) == (
        "Transaction.Begin",
        "unchecked",
        at(0),
        1,
    )
    assert first.transaction_id == last.transaction_id == told.only().pk
    assert told.readings() == []
    assert told.only().energy_wh == 11_040


def test_an_odd_text_is_stored_to_the_last_character() -> None:
    raw = '  OCMF|{"ü": "\\u0041\\n"}\t|\r\n{}  \U0001f50c' + " " * 100_000
    told = charged(begin=raw)
    assert values(told)[0].raw == raw


def test_a_repeated_value_falls_on_its_own_row() -> None:
    told = charged()
    again = signed(BEGIN, 60, "Transaction.Begin")
    ref = told.only().station_ref
    message = MeterValues(evse=1, connector=1, transaction_ref=ref, readings=(again, again))
    told.say(message, received=at(62))
    alone = MeterValues(evse=2, connector=1, transaction_ref=None, readings=(again,))
    told.say(alone, received=at(63))
    told.say(alone, received=at(64))
    assert [(value.raw, value.transaction_id is None) for value in values(told)] == [
        (BEGIN, False),
        (END, False),
        (BEGIN, True),
    ]


def test_a_signed_value_beside_a_figure_is_both() -> None:
    told = Conversation.begin()
    both = Reading(device_at=at(1), energy_wh=7, signed=(SignedData(data=BEGIN),))
    message = MeterValues(evse=1, connector=1, transaction_ref=None, readings=(both,))
    told.say(message, received=at(1))
    assert [row.energy_wh for row in told.readings()] == [7]
    assert len(values(told)) == 1


def test_an_honest_session() -> None:
    told = charged()
    check = checked(told)
    assert (check.verdict, check.energy_wh, check.findings, check.remarks) == (
        "valid",
        Decimal(11_040),
        [],
        [],
    )
    assert check.begin == {
        "energy_wh": "100000.000",
        "at": "2026-03-14T12:00:00Z",
        "meter": "M1",
        "pagination": "T7",
    }
    first, last = values(told)
    assert (first.status, last.status) == ("valid", "valid")
    assert last.reason == "The signature fits the key: nothing was changed."
    assert (last.energy_wh, last.measured_at, last.reading_reason, last.meter_status) == (
        Decimal(111_040),
        at(60),
        "E",
        "G",
    )
    assert (last.meter_serial, last.pagination, last.time_status, last.format) == (
        "M1",
        "T8",
        "S",
        "ocmf",
    )
    assert last.checked_at == at(61)
    assert (codes(told.only()), told.only().needs_review) == ([], False)
    assert len(check.token) == 32


def test_the_end_of_a_session_has_it_checked() -> None:
    told = charged()
    dispatch_pending(now=at(61))
    with system_scope("tests"):
        assert SessionMeterCheck.objects.get().verdict == "valid"
    other = Conversation.begin()
    ref = str(other.start(0, meter_wh=0).assigned_id)
    other.stop(5, ref, meter_wh=10)
    dispatch_pending(now=at(61))
    with system_scope("tests"):
        assert [check.transaction_id for check in SessionMeterCheck.objects.all()] == [
            told.only().pk
        ]


def test_a_check_may_run_again_and_changes_nothing() -> None:
    told = charged()
    before = checked(told)
    with system_scope("tests"):
        again = check_session(transaction_id=told.only().pk, now=at(99))
    assert (again.token, again.verdict) == (before.token, "valid")
    assert [value.checked_at for value in values(told)] == [at(61), at(61)]
    assert len(keys(told)) == 1


@pytest.mark.parametrize(
    ("begin", "end", "energy_wh", "finding"),
    [
        (BEGIN, END.replace("111.040", "110.040"), 11_040, "A signature is wrong."),
        (BEGIN, END[:-20], 11_040, "A signature is wrong."),
        (BEGIN, "OCMF|", 11_040, "A signature is wrong."),
        (BEGIN, END, 12_000, "Signed energy is 11040 Wh, the session's 12000 Wh."),
        (
            BEGIN,
            document(60, tx="E", page="T8", kwh="111.040", serial="M2"),
            11_040,
            "Begin and end come from two meters: M1 and M2.",
        ),
        (
            document(-60, tx="B", page="T7", kwh="100.000"),
            END,
            11_040,
            "A reading of 2026-03-14 11:00 UTC lies outside of the session.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_flagged(begin: str, end: str, energy_wh: int, finding: str) -> None:
    told = charged(begin, end, energy_wh=energy_wh)
    check = checked(told)
    assert check.verdict == "invalid"
    assert finding in check.findings
    row = told.only()
    assert {"signed_values_wrong"} == set(codes(row))
    assert finding in [warning["detail"] for warning in row.warnings]
    assert row.needs_review
    assert "transaction_flagged" in told.kinds()


def test_the_value_of_another_session_is_no_proof() -> None:
    told = charged()
    checked(told)
    charged(since=5, conversation=told)
    check = checked(told)
    assert check.findings == ["A value was sent before, for another session."]
    first, second = told.transactions()
    assert (codes(first), codes(second)) == ([], ["signed_values_wrong"])
    with system_scope("tests"):
        check_session(transaction_id=first.pk, now=at(99))
        assert SessionMeterCheck.objects.get(transaction=first).verdict == "valid"


def test_one_value_alone_is_incomplete_and_completed_later() -> None:
    told = charged(end=BEGIN)
    check = checked(told)
    assert (check.verdict, check.remarks) == ("incomplete", ["There is no signed end reading."])
    assert (codes(told.only()), told.only().needs_review) == (["signed_values_incomplete"], False)
    late = signed(END, 60, "Transaction.End")
    ref = told.only().station_ref
    told.say(
        MeterValues(evse=1, connector=1, transaction_ref=ref, readings=(late,)), received=at(70)
    )
    assert checked(told).verdict == "valid"
    assert codes(told.only()) == []


def test_without_a_key_nothing_is_proven_nor_flagged() -> None:
    told = charged(key="")
    check = checked(told)
    assert check.verdict == "unverified"
    assert [(value.status, value.key) for value in values(told)] == [("no_key", None)] * 2
    assert codes(told.only()) == []
    enter_key(told)
    assert [value.status for value in values(told)] == ["unchecked", "unchecked"]
    assert checked(told).verdict == "valid"
    with system_scope("tests"):
        assert AuditEntry.objects.get().action == "station.meter_key_added"


def test_a_wrong_key_and_then_the_right_one() -> None:
    told = charged(key="")
    wrong = enter_key(told, Meter())
    assert checked(told).verdict == "invalid"
    assert told.only().needs_review
    enter_key(told)
    assert checked(told).verdict == "valid"
    assert (codes(told.only()), told.only().needs_review) == ([], False)
    old, new = keys(told)
    assert (old.pk, old.replaced_at, new.replaced_at) == (wrong.pk, NOW, None)


def test_the_key_of_staff_is_believed_before_the_station_s() -> None:
    told = Conversation.begin()
    enter_key(told, Meter())
    charged(conversation=told)
    assert checked(told).verdict == "invalid"
    own, sent = keys(told)
    assert (own.source, own.is_unexpected, sent.source, sent.is_unexpected) == (
        "staff",
        False,
        "station",
        True,
    )
    assert codes(told.only()) == ["signed_values_wrong", "meter_key_changed"]
    events = [body for kind, body in told.events() if kind == "security_event_reported"]
    assert [body["event_type"] for body in events] == ["MeterPublicKeyChanged"]


def test_a_station_that_changes_its_key_is_reported() -> None:
    told = charged()
    checked(told)
    other = Meter()
    charged(
        document(120, tx="B", page="T9", kwh="111.040", meter=other),
        document(180, tx="E", page="T10", kwh="122.080", meter=other),
        key=base64.b64encode(f"oca:base16:asn1:{other.public_key}".encode()).decode(),
        since=120,
        conversation=told,
    )
    assert checked(told, now=at(181)).verdict == "valid"
    first, second = told.transactions()
    assert (codes(first), codes(second)) == ([], ["meter_key_changed"])
    assert second.needs_review
    old, new = keys(told)
    assert (old.replaced_at, new.replaced_at, new.is_unexpected) == (at(181), None, True)
    with system_scope("tests"):
        check_session(transaction_id=second.pk, now=at(200))
    assert codes(told.transactions()[1]) == ["meter_key_changed"]


@pytest.mark.parametrize(
    ("name", "evse"),
    [
        ("MeterPublicKey1", 0),
        ("meterPublicKey[1]", 0),
        ("MeterPublicKey", 0),
        ("FiscalMetering.PublicKey", 1),
    ],
)
def test_the_key_of_the_device_model(name: str, evse: int) -> None:
    told = charged(key="")
    with system_scope("tests"):
        for key, value in ((name, METER.public_key), ("MeterPublicKey2", Meter().public_key)):
            StationVariable.objects.create(
                operator_id=told.station.operator_id,
                station=told.station,
                name=key,
                evse=evse if key == name else 0,
                value=value,
                reported_at=NOW,
            )
    assert checked(told).verdict == "valid"
    assert {key.source for key in keys(told)} == {"device_model"}


def test_json_in_a_value_of_1_6() -> None:
    def wrapped(raw: str) -> str:
        data = base64.b64encode(raw.encode()).decode()
        return json.dumps({"signedMeterData": data, "publicKey": METER.public_key})

    told = charged(wrapped(BEGIN), wrapped(END), key="")
    assert checked(told).verdict == "valid"
    assert [key.source for key in keys(told)] == ["station"]


def test_formats_that_are_not_checked_here() -> None:
    told = charged("8f00aa", "8f00bb")
    check = checked(told)
    assert (check.verdict, codes(told.only())) == ("unverified", [])
    assert {(v.status, v.format, v.energy_wh) for v in values(told)} == {
        ("unsupported", "other", None)
    }


def test_keys_that_are_none() -> None:
    told = charged(key="no key at all!")
    assert checked(told).verdict == "unverified"
    assert keys(told) == []


@pytest.mark.parametrize(
    ("evse", "key", "errors"),
    [
        (9, METER.public_key, {"evse": "The station has no such EVSE."}),
        (1, "", {"key": "There is no key."}),
        (1, "hello!", {"key": "A key is written in hexadecimal or Base64."}),
    ],
)
def test_a_key_that_cannot_be_entered(evse: int, key: str, errors: dict[str, str]) -> None:
    told = Conversation.begin()
    with system_scope("tests"), pytest.raises(UnableToSaveMeterKey) as raised:
        add_meter_key(station=told.station, evse_number=evse, key=key, actor=ACTOR, now=NOW)
    assert raised.value.errors == errors
    assert keys(told) == []
    with system_scope("tests"):
        assert AuditEntry.objects.count() == 0


def test_a_removed_key_is_believed_no_more() -> None:
    told = charged(key="")
    key = enter_key(told)
    checked(told)
    with system_scope("tests"):
        remove_meter_key(key=key, actor=ACTOR, now=NOW)
    assert checked(told).verdict == "unverified"
    assert keys(told) == []


def test_keys_of_the_whole_station_and_of_one_evse() -> None:
    told = Conversation.begin()
    whole, own = enter_key(told, Meter(), evse=0), enter_key(told, Meter(), evse=1)
    with system_scope("tests"):
        found = {n: keys_for(station_id=told.station.pk, evse_number=n) for n in (0, 1, 2)}
    assert found == {0: [whole], 1: [own], 2: [whole]}


def test_values_without_a_session_are_checked_alone() -> None:
    told = Conversation.begin()
    enter_key(told)
    lone = signed(BEGIN, 0, "Sample.Clock")
    message = MeterValues(evse=1, connector=1, transaction_ref=None, readings=(lone,))
    told.say(message, received=at(0))
    with system_scope("tests"):
        assert check_waiting(now=at(1)) == 1
        assert check_waiting(now=at(2)) == 0
        assert SessionMeterCheck.objects.count() == 0
    assert [value.status for value in values(told)] == ["valid"]


def test_a_reference_of_another_station_takes_nothing() -> None:
    told, other = charged(), Conversation.begin()
    ref = told.only().station_ref
    foreign = signed(END.replace("E", "F"), 61, "Transaction.End")
    message = MeterValues(evse=1, connector=1, transaction_ref=ref, readings=(foreign,))
    other.say(message, received=at(62))
    assert checked(told).verdict == "valid"
    assert len(values(told)) == 2
    assert [value.transaction_id for value in values(other)] == [None]


def test_a_running_session_is_judged_without_its_energy() -> None:
    told = Conversation.begin()
    ref = str(told.start(0, meter_wh=100_000).assigned_id)
    first = signed(BEGIN, 0, "Transaction.Begin", public_key=METER.public_key)
    told.say(
        MeterValues(evse=1, connector=1, transaction_ref=ref, readings=(first,)), received=at(0)
    )
    check = checked(told, now=at(1))
    assert (check.verdict, codes(told.only())) == ("incomplete", [])
    with system_scope("tests"):
        assert (Transaction.objects.get().is_active, MeterValue.objects.count()) == (True, 0)


def test_a_session_that_cannot_be_checked_does_not_hold_up_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = charged(), charged()
    real = checking.check_session

    def fragile(*, transaction_id: Any, now: datetime) -> SessionMeterCheck:
        if transaction_id == first.only().pk:
            raise RuntimeError("broken")
        return real(transaction_id=transaction_id, now=now)

    monkeypatch.setattr(checking, "check_session", fragile)
    assert checked(second).verdict == "valid"
    assert "could not be checked" in caplog.text
