"""Makes and quirks: the list, one make, rules with a look at whom they concern."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Operator
from chargers.domain.forgiven import Kind
from chargers.domain.quirks import FIELDS
from chargers.forms.quirk_words import FIELD_WORDS, KIND_WORDS, said, value_words
from chargers.models import ForgivenFault, QuirkRule
from chargers.selectors import makes as selectors
from common.tenancy import operator_scope, system_scope
from tests.chargers.views.conftest import Site
from tests.factories import (
    NOW,
    ForgivenFaultFactory,
    OcppFrameFactory,
    QuirkRuleFactory,
    StationFactory,
)

pytestmark = pytest.mark.django_db


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def rules() -> list[tuple[str, str, dict[str, Any]]]:
    with system_scope("tests"):
        return list(QuirkRule.objects.order_by("vendor").values_list("vendor", "model", "sets"))


def test_every_field_and_kind_has_words() -> None:
    assert tuple(FIELD_WORDS) == FIELDS
    assert set(KIND_WORDS) == set(Kind)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (0, "0"),
        (True, "yes"),
        (False, "no"),
        ("session", "the session's start"),
        (("clear_cache", "reset"), "clear cache, reset"),
        ("", ""),
    ],
)
def test_values_in_words(value: Any, text: str) -> None:
    assert value_words(value) == text


def test_a_quirk_as_part_of_a_sentence() -> None:
    assert said("quiet_seconds", 120) == (
        "no command for 120 s after connecting, or until it has booted"
    )


def test_makes_with_their_stations_and_what_is_special(
    admin: Client, operator: Operator, site: Site, foreign_site: Site
) -> None:
    for firmware in ("5.1", "5.1", "6.0"):
        StationFactory.create(
            operator=operator, vendor="Wallbox", model="Pulsar", firmware_version=firmware
        )
    StationFactory.create(operator=operator, is_online=False)
    with operator_scope(operator.pk):
        found = selectors.makes()
    assert [(make.vendor, make.stations, make.online, make.forgiven) for make in found] == [
        ("Alpitronic", 1, 1, 3),
        ("Wallbox", 3, 3, 0),
        ("", 1, 0, 0),
    ]
    assert [(item.make.firmware, item.stations) for item in found[1].firmwares] == [
        ("5.1", 2),
        ("6.0", 1),
    ]
    text = words(admin.get("/makes/"))
    assert "3 makes" in text
    assert "no command for 120 s after connecting" in text
    assert "as the standard says" in text
    assert "Not said yet" in text
    assert "sampled energy times 1000" in text
    assert "seen at Havnegade 12" in text
    assert "Strandvejen" not in text
    only = words(admin.get("/makes/?q=pulsar"))
    assert "1 make" in only
    assert "Alpitronic" not in only
    assert "No make matches" in words(admin.get("/makes/?q=nothing-like-it"))


def test_an_empty_network(admin: Client) -> None:
    text = words(admin.get("/makes/"))
    assert "No stations yet" in text
    assert "No rules of your own" in text


def test_one_make_says_who_says_so(admin: Client, operator: Operator) -> None:
    station = StationFactory.create(
        operator=operator, vendor="Wallbox", model="Pulsar", firmware_version="5.1"
    )
    rule = QuirkRuleFactory.create(
        operator=operator, vendor="wall*", sets={"power_scale": 1000}, note="measured by hand"
    )
    ForgivenFaultFactory.create(station=station, kind="broken_json", action="", occurrences=1_234)
    response = admin.get("/makes/make/?vendor=Wallbox&model=Pulsar")
    text = words(response)
    assert "Firmware 5.1 1 station" in text
    assert "Catalogue Drops the connection when a command comes before its boot" in text
    assert "Your rule measured by hand" in text
    assert "Broken JSON any message 1,234 1" in text
    assert f"/makes/rules/{rule.pk}/" in response.content.decode()
    assert admin.get("/makes/make/?vendor=Wallbox&model=Copper").status_code == 404
    assert admin.get("/makes/make/").status_code == 404


def test_a_rule_is_looked_at_then_saved_then_deleted(
    admin: Client, operator: Operator, site: Site, foreign_site: Site
) -> None:
    given = {"vendor": "alpi*", "energy_scale": "1000", "unsupported_commands": ["reset"]}
    before = rules()
    preview = words(admin.post("/makes/rules/add/", {**given, "preview": "1"}))
    assert "1 station is of this make Havnegade 12" in preview
    none = words(admin.post("/makes/rules/add/", {**given, "vendor": "Acme", "preview": "1"}))
    assert "No station is of this make" in none
    assert rules() == before
    saved = admin.post("/makes/rules/add/", given, follow=True)
    assert "The rule holds from now on." in words(saved)
    assert ("alpi*", "", {"energy_scale": 1000, "unsupported_commands": ["reset"]}) in rules()
    with system_scope("tests"):
        rule = QuirkRule.objects.get(vendor="alpi*")
    page = admin.get(f"/makes/rules/{rule.pk}/")
    assert "1 station is of this make" in words(page)
    assert 'value="1000"' in page.content.decode()
    changed = {"vendor": "alpi*", "fill_empty_values": "no", "sample_register": "session"}
    admin.post(f"/makes/rules/{rule.pk}/", changed)
    rule_sets = {"fill_empty_values": False, "sample_register": "session"}
    assert ("alpi*", "", rule_sets) in rules()
    admin.post(f"/makes/rules/{rule.pk}/delete/")
    assert rules() == before
    with system_scope("tests"):
        trail = AuditEntry.objects.filter(action__startswith="quirk").order_by("id")
        assert list(trail.values_list("action", flat=True)) == [
            "quirk_rule.added",
            "quirk_rule.changed",
            "quirk_rule.deleted",
        ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"vendor": "", "energy_scale": "10"}, "Name a vendor, a model or a firmware."),
        ({"vendor": "x"}, "Set at least one thing that is special about this make."),
        (
            {"vendor": "x", "energy_scale": "0"},
            "Ensure this value is greater than or equal to 1.",
        ),
        ({"vendor": "x", "reset_kinds": "never"}, "Select a valid choice."),
    ],
)
def test_faults_of_a_rule_stand_at_their_field(
    admin: Client, values: dict[str, str], message: str
) -> None:
    assert message in words(admin.post("/makes/rules/add/", values))
    assert rules() == []


def test_a_make_prefills_its_rule(admin: Client) -> None:
    page = admin.get("/makes/rules/add/?vendor=Acme&model=One").content.decode()
    assert 'value="Acme"' in page
    assert 'value="One"' in page


def test_forgiven_faults_stand_beside_the_frames(
    admin: Client, operator: Operator, site: Site
) -> None:
    OcppFrameFactory.create(station=site.station, message_id="m-1", raw='[2,"m-1","MeterValues"]')
    page = admin.get(f"/stations/{site.station.pk}/frames/")
    text = words(page)
    assert "Number or text where the other was due" in text
    assert "meterValue.sampledValue.value: type" in text
    link = f"/stations/{site.station.pk}/frames/?q=m-1"
    assert link in page.content.decode()
    assert "m-1" in words(admin.get(link))
    with system_scope("tests"):
        ForgivenFault.objects.all().delete()
    assert "Forgiven faults" not in words(admin.get(f"/stations/{site.station.pk}/frames/"))


def test_rules_match_whoever_they_name(operator: Operator) -> None:
    first = StationFactory.create(operator=operator, vendor="Acme", model="One", name="A")
    StationFactory.create(operator=operator, vendor="Acme", model="Two", name="B")
    StationFactory.create(vendor="Acme", model="One")
    rule = QuirkRuleFactory.create(operator=operator, vendor="ac?e", model="ONE", created_at=NOW)
    with operator_scope(operator.pk):
        assert list(selectors.stations_of_rule(rule.as_rule())) == [first]
