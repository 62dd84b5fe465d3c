"""An operator's rules on makes, and where they take effect: at connect, at boot, in sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from accounts.models import AuditEntry, Operator
from chargers import ports
from chargers.domain.messages import BootNotification, MeterValues
from chargers.domain.quirks import STANDARD, Make, Quirks, SampleRegister
from chargers.domain.results import BootResult
from chargers.exceptions import UnableToSaveQuirkRule
from chargers.models import QuirkRule
from chargers.services import quirks as service
from chargers.services.admission import AdmittedStation, Credentials, admit
from chargers.services.handling import handle
from common.tenancy import system_scope
from tests.chargers.services.conversation import TAG, Conversation, at, codes, reading
from tests.factories import (
    ACTOR,
    NOW,
    STATION_KEY,
    OperatorFactory,
    StationFactory,
    context_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Any:
    """Operators whose sockets were told to ask again."""
    calls: list[UUID] = []

    class Waker:
        def wake(self, station_id: UUID) -> None:
            raise AssertionError(station_id)

        def disconnect(self, station_id: UUID) -> None:
            raise AssertionError(station_id)

        def quirks_changed(self, operator_id: UUID) -> None:
            calls.append(operator_id)

    before = ports.command_waker()
    ports.set_command_waker(Waker())
    yield calls
    ports.set_command_waker(before)


def save(operator: Operator, rule: QuirkRule | None = None, **values: Any) -> QuirkRule:
    given = {"vendor": "Acme*", "sets": {"energy_scale": 1000}, **values}
    with system_scope("tests"):
        return service.save_quirk_rule(operator=operator, rule=rule, actor=ACTOR, now=NOW, **given)


def refused(operator: Operator, rule: QuirkRule | None = None, **values: Any) -> dict[str, str]:
    with pytest.raises(UnableToSaveQuirkRule) as error:
        save(operator, rule, **values)
    return error.value.errors


def audited() -> list[tuple[str, Any]]:
    with system_scope("tests"):
        rows = AuditEntry.objects.filter(action__startswith="quirk_rule").order_by("id")
        return list(rows.values_list("action", "changes"))


def test_a_rule_is_added_changed_and_deleted(
    told: list[UUID], django_capture_on_commit_callbacks: Any
) -> None:
    operator = OperatorFactory.create()
    with django_capture_on_commit_callbacks(execute=True):
        rule = save(operator, model=" One ", note="seen at Havnegade")
    assert (rule.vendor, rule.model, rule.firmware) == ("Acme*", "One", "")
    assert rule.sets == {"energy_scale": 1000}
    assert told == [operator.pk]
    with django_capture_on_commit_callbacks(execute=True):
        save(operator, rule, model="One", note="seen at Havnegade", sets={"power_scale": 10})
    with system_scope("tests"):
        rule.refresh_from_db()
    assert rule.sets == {"power_scale": 10}
    with django_capture_on_commit_callbacks(execute=True):
        save(operator, rule, model="One", note="seen at Havnegade", sets={"power_scale": 10})
    assert told == [operator.pk] * 2
    with django_capture_on_commit_callbacks(execute=True), system_scope("tests"):
        service.delete_quirk_rule(rule=rule, actor=ACTOR, now=NOW)
    assert told == [operator.pk] * 3
    assert [action for action, _ in audited()] == [
        "quirk_rule.added",
        "quirk_rule.changed",
        "quirk_rule.deleted",
    ]
    assert audited()[1][1] == {"sets": [{"energy_scale": 1000}, {"power_scale": 10}]}
    with system_scope("tests"):
        assert not QuirkRule.objects.exists()


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"vendor": ""}, {"vendor": "Name a vendor, a model or a firmware."}),
        ({"vendor": "**"}, {"vendor": "Name a vendor, a model or a firmware."}),
        ({"vendor": "x" * 51}, {"vendor": "At most 50 characters."}),
        ({"note": "x" * 201}, {"note": "At most 200 characters."}),
        ({"sets": {}}, {"sets": "Set at least one thing that is special about this make."}),
        ({"sets": {"colour": "red"}}, {"colour": "There is no such field."}),
        (
            {"sets": {"energy_scale": 0}},
            {"energy_scale": "Enter a whole number from 1 to 1000000."},
        ),
    ],
)
def test_what_a_rule_cannot_be(values: dict[str, Any], errors: dict[str, str]) -> None:
    assert refused(OperatorFactory.create(), **values) == errors
    with system_scope("tests"):
        assert not QuirkRule.objects.exists()
    assert audited() == []


def test_one_rule_for_exactly_one_make() -> None:
    operator, other = OperatorFactory.create(), OperatorFactory.create()
    rule = save(operator)
    taken = {"vendor": "There is a rule for exactly this make already."}
    assert refused(operator) == taken
    second = save(operator, model="One")
    assert refused(operator, second) == taken
    save(operator, rule, sets={"energy_scale": 10})
    save(other)


def test_another_operators_rule_is_not_ours() -> None:
    operator, other = OperatorFactory.create(), OperatorFactory.create()
    save(other, vendor="Wallbox*", sets={"quiet_seconds": 5})
    make = Make("Wallbox", "Pulsar")
    with system_scope("tests"):
        ours = service.resolve_make(operator_id=operator.pk, make=make)
        theirs = service.resolve_make(operator_id=other.pk, make=make)
    assert (ours.quirks.quiet_seconds, theirs.quirks.quiet_seconds) == (120, 5)
    assert (ours.rules["quiet_seconds"].is_own, theirs.rules["quiet_seconds"].is_own) == (
        False,
        True,
    )


def test_a_field_that_no_release_knows_any_more_is_left_out() -> None:
    rule = save(OperatorFactory.create())
    rule.sets = {"energy_scale": 1000, "dropped_long_ago": True}
    assert rule.as_rule().sets == {"energy_scale": 1000}


def test_the_handshake_knows_the_make_of_the_last_boot() -> None:
    station = StationFactory.create(vendor="Wallbox", model="Pulsar")
    save(station.operator, vendor="Wallbox*", model="Puls*", sets={"deaf_after_timeouts": 9})
    admitted = admit(Credentials(identity=station.identity, password=STATION_KEY.encode()), now=NOW)
    assert isinstance(admitted, AdmittedStation)
    assert admitted.quirks == Quirks(quiet_seconds=120, deaf_after_timeouts=9)


def test_a_make_without_rules_is_the_standard() -> None:
    station = StationFactory.create()
    admitted = admit(Credentials(identity=station.identity, password=STATION_KEY.encode()), now=NOW)
    assert isinstance(admitted, AdmittedStation)
    assert admitted.quirks == STANDARD


def test_a_boot_teaches_the_make_and_its_heartbeat() -> None:
    station = StationFactory.create(heartbeat_interval_seconds=300)
    save(station.operator, vendor="acme", sets={"max_heartbeat_seconds": 60})
    with system_scope("tests"):
        result = handle(
            BootNotification(vendor="ACME", model="One", firmware_version="1"),
            station=context_of(station),
            received_at=NOW,
        )
    assert isinstance(result, BootResult)
    assert (result.interval_seconds, result.quirks) == (60, Quirks(max_heartbeat_seconds=60))


def test_rules_are_read_once_where_many_stations_ask(django_assert_num_queries: Any) -> None:
    operator, other = OperatorFactory.create(), OperatorFactory.create()
    save(operator, vendor="Acme", sets={"quiet_seconds": 5})
    make = Make("Acme", "One")
    with system_scope("tests"), django_assert_num_queries(2), service.rules_read_once():
        for asking, quiet in ((operator, 5), (other, 30), (operator, 5), (other, 30)):
            found = service.resolve_make(operator_id=asking.pk, make=make)
            assert found.quirks.quiet_seconds == quiet
    # Nothing is kept beyond.
    with system_scope("tests"), django_assert_num_queries(1):
        service.resolve_make(operator_id=operator.pk, make=make)


def test_sockets_of_many_operators_learn_at_once(django_assert_num_queries: Any) -> None:
    first, second = StationFactory.create(vendor="Acme"), StationFactory.create(vendor="Wallbox")
    third = StationFactory.create(operator=first.operator, vendor="Other")
    save(first.operator)
    with django_assert_num_queries(3):
        found = service.quirks_of_stations([first.pk, second.pk, third.pk])
    assert found == {
        first.pk: Quirks(energy_scale=1000),
        second.pk: Quirks(quiet_seconds=120),
        third.pk: STANDARD,
    }


# -- Q66: samples that count from the session's start ------------------------------------------


class Relative(Conversation):
    """A station whose sampled registers begin at 0 in every session."""

    def say(self, message: Any, *, received: Any) -> Any:
        context = replace(
            context_of(self.station, self.protocol),
            quirks=Quirks(sample_register=SampleRegister.SESSION),
        )
        with system_scope("tests: what the ingest does"):
            return handle(message, station=context, received_at=received)


def samples(talk: Conversation, *registers: int) -> None:
    for minutes, energy_wh in enumerate(registers, start=1):
        talk.say(
            MeterValues(
                evse=1,
                connector=1,
                transaction_ref=talk.only().station_ref,
                readings=(reading(minutes * 10, energy_wh, power_w=6_000),),
            ),
            received=at(minutes * 10),
        )


def test_q66_relative_samples_show_on_the_running_session() -> None:
    talk = Relative.begin()
    talk.start(meter_wh=1_234_567)
    samples(talk, 1_000, 2_000)
    row = talk.only()
    assert (row.energy_wh, row.last_energy_wh) == (2_000, 1_236_567)
    assert [item.energy_wh for item in talk.readings()] == [1_235_567, 1_236_567]


def test_q66_a_lost_stop_is_billed_by_relative_samples() -> None:
    talk = Relative.begin()
    talk.start(meter_wh=1_234_567)
    samples(talk, 1_000, 2_000)
    talk.stop(25, talk.only().station_ref, meter_wh=1_236_600)
    row = talk.only()
    assert (row.energy_wh, row.needs_review, codes(row)) == (2_033, False, [])


def test_q66_a_stop_without_register_ends_at_its_relative_sample() -> None:
    talk = Relative.begin()
    talk.start(meter_wh=1_234_567)
    ref = talk.only().station_ref
    closing = reading(20, 2_500, context="Transaction.End")
    talk.stop(20, ref, readings=(closing,))
    row = talk.only()
    assert (row.meter_stop_wh, row.energy_wh, row.needs_review) == (1_237_067, 2_500, False)
    talk.stop(20, ref, readings=(closing,), received=at(21))
    assert codes(talk.only()) == []


def test_q66_a_session_of_2_x_counts_from_zero() -> None:
    talk = Relative.begin(protocol="ocpp2.0.1")
    begin = reading(0, 3, context="Transaction.Begin")
    talk.start(transaction_ref="t-1", seq_no=0, readings=(begin,))
    talk.update(10, "t-1", seq_no=1, readings=(reading(10, 1_000),))
    talk.stop(
        20, "t-1", seq_no=2, readings=(reading(20, 2_000, context="Transaction.End"),), tag=TAG
    )
    row = talk.only()
    assert (row.meter_start_wh, row.meter_stop_wh, row.energy_wh) == (0, 2_000, 2_000)
    assert (row.needs_review, codes(row)) == (False, [])


def test_the_standard_changes_no_register() -> None:
    talk = Conversation.begin()
    talk.start(meter_wh=5_000)
    samples(talk, 6_000)
    assert [item.energy_wh for item in talk.readings()] == [6_000]
