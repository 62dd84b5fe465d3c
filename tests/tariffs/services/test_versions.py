from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from accounts.services.audit import Actor
from events.models import OutboxEvent
from tariffs.exceptions import UnableToSaveVersion, UnableToWithdrawVersion
from tariffs.models import Tariff, TariffVersion
from tariffs.selectors.tariffs import version_at
from tariffs.services.terms import check_terms
from tariffs.services.versions import Limits, add_version, withdraw_version
from tests.factories import (
    ACTOR,
    NOW,
    TariffFactory,
    TariffVersionFactory,
    UserFactory,
    terms_document,
)
from tests.support.api import everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

DAY = timedelta(days=1)
DONE: dict[str, Any] = {"actor": ACTOR, "now": NOW}


@pytest.fixture
def tariff(operator: Operator) -> Tariff:
    return TariffFactory.create(operator=operator, name="Night")


def test_the_first_version_is_valid_at_once(tariff: Tariff) -> None:
    user = UserFactory.create()
    document = {
        "currency": "EUR",
        "elements": [{"price_components": [{"type": "ENERGY", "price": 0.49, "vat": 25.0}]}],
    }
    version, warnings = add_version(
        tariff=tariff,
        terms=document,
        limits=Limits(max_energy_wh=60_000, max_duration_s=14_400, max_amount_minor=5000),
        note=" Spring\x00 ",
        actor=Actor.person(user),
        now=NOW,
    )
    version.refresh_from_db()
    assert warnings == ()
    assert (version.tariff, version.number, version.valid_from) == (tariff, 1, NOW)
    assert version.terms == terms_document("0.49")
    assert (version.note, version.created_by, version.created_at) == ("Spring", user, NOW)
    limits = version.max_energy_wh, version.max_duration_s, version.max_amount_minor
    assert limits == (60_000, 14_400, 5000)
    assert version_at(tariff, NOW) == version
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id) == ("tariff.version_added", str(tariff.pk))
    assert entry.changes == {
        "version": 1,
        "valid_from": "2026-03-14T12:00:00+00:00",
        "note": "Spring",
        "max_energy_wh": 60_000,
        "max_duration_s": 14_400,
        "max_amount_minor": 5000,
    }
    event = OutboxEvent.objects.get()
    assert (event.subject_id, event.payload) == (
        tariff.pk,
        {"change": "version_added", "version": 1},
    )


def test_a_change_is_scheduled_and_withdrawn(tariff: Tariff) -> None:
    first, _ = add_version(tariff=tariff, terms=terms_document(), **DONE)
    later, _ = add_version(
        tariff=tariff, terms=terms_document("0.59"), valid_from=NOW + DAY, **DONE
    )
    assert later.number == 2
    assert [version_at(tariff, NOW + n * DAY) for n in (0, 1, 2)] == [first, later, later]
    withdraw_version(version=later, **DONE)
    assert [version_at(tariff, NOW + n * DAY) for n in (0, 1, 2)] == [first, first, first]
    later.refresh_from_db()
    assert later.withdrawn_at == NOW
    again, _ = add_version(
        tariff=tariff, terms=terms_document("0.55"), valid_from=NOW + DAY, **DONE
    )
    assert again.number == 3
    told = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(told) == [
        "tariff.version_added",
        "tariff.version_added",
        "tariff.version_withdrawn",
        "tariff.version_added",
    ]


def test_what_is_odd_is_kept_and_said(tariff: Tariff) -> None:
    document = terms_document()
    document["elements"].append(
        {"price_components": [{"type": "PARKING_TIME", "price": "6", "vat": "25"}]}
    )
    version, warnings = add_version(tariff=tariff, terms=document, **DONE)
    assert [(fault.field, fault.code) for fault in warnings] == [("elements[1]", "no_grace")]
    assert TariffVersion.objects.get() == version


BAD: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"terms": {}}, {"terms.elements": "This field is required."}),
    (
        {"terms": terms_document("-1")},
        {"terms.elements[0].price_components[0].price": "A price cannot be negative."},
    ),
    (
        {"terms": terms_document(currency="DKK")},
        {"terms.currency": "This tariff is in EUR."},
    ),
    (
        {"valid_from": NOW - timedelta(seconds=1)},
        {"valid_from": "A new version begins now or later, not in the past."},
    ),
    (
        {"valid_from": datetime(2027, 1, 1)},  # noqa: DTZ001 -- what is refused
        {"valid_from": "Name the instant with its offset from UTC."},
    ),
    (
        {"valid_from": NOW + DAY},
        {"valid_from": "Another version begins at this instant. Withdraw it first."},
    ),
    (
        {"limits": Limits(max_energy_wh=0, max_duration_s=-1, max_amount_minor=0)},
        dict.fromkeys(
            ("max_energy_wh", "max_duration_s", "max_amount_minor"),
            "More than nothing, or leave it empty for no limit.",
        ),
    ),
    ({"limits": Limits(max_duration_s=2**31)}, {"max_duration_s": "This is too large."}),
    ({"note": "x" * 201}, {"note": "At most 200 characters."}),
    (
        {"terms": terms_document("-1"), "valid_from": NOW - DAY, "note": "x" * 201},
        {
            "terms.elements[0].price_components[0].price": "A price cannot be negative.",
            "valid_from": "A new version begins now or later, not in the past.",
            "note": "At most 200 characters.",
        },
    ),
]


@pytest.mark.parametrize(("values", "errors"), BAD)
def test_what_is_wrong_is_named(
    operator: Operator, tariff: Tariff, values: dict[str, Any], errors: dict[str, str]
) -> None:
    TariffVersionFactory.create(tariff=tariff, operator=operator, valid_from=NOW + DAY)
    before = everything()
    given: dict[str, Any] = {"terms": terms_document(), **values}
    with pytest.raises(UnableToSaveVersion) as refused:
        add_version(tariff=tariff, **given, **DONE)
    assert refused.value.errors == errors
    assert everything() == before


def test_an_archived_tariff_gets_no_version(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator, name="Old", archived_at=NOW)
    before = everything()
    with pytest.raises(UnableToSaveVersion, match=r"Old is archived\. Restore it first\."):
        add_version(tariff=tariff, terms=terms_document(), **DONE)
    assert everything() == before


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"valid_from": NOW}, "Version 7 has begun. Add a new version that replaces it."),
        ({"valid_from": NOW + DAY, "withdrawn_at": NOW}, "Version 7 is withdrawn already."),
    ],
)
def test_what_has_begun_or_is_withdrawn_stays(
    operator: Operator, tariff: Tariff, values: dict[str, Any], message: str
) -> None:
    version = TariffVersionFactory.create(tariff=tariff, operator=operator, number=7, **values)
    before = everything()
    with pytest.raises(UnableToWithdrawVersion) as refused:
        withdraw_version(version=version, **DONE)
    assert refused.value.message == message
    assert everything() == before


def test_another_operators_rows_are_out_of_reach() -> None:
    theirs = TariffVersionFactory.create(valid_from=NOW + DAY)
    before = everything()
    with pytest.raises(Tariff.DoesNotExist):
        add_version(tariff=theirs.tariff, terms=terms_document(), **DONE)
    with pytest.raises(TariffVersion.DoesNotExist):
        withdraw_version(version=theirs, **DONE)
    assert everything() == before


def test_a_document_is_checked_without_being_kept() -> None:
    before = everything()
    good = check_terms(terms_document())
    assert good.terms is not None
    assert good.terms.elements[0].components[0].price == Decimal("0.49")
    assert (good.errors, good.warnings) == ({}, ())
    bad = check_terms({"currency": "EUR", "elements": 7})
    assert bad.terms is None
    assert list(bad.errors) == ["elements"]
    wrong = check_terms({"currency": "XXX", "elements": []})
    assert wrong.terms is not None
    assert list(wrong.errors) == ["currency", "elements"]
    assert everything() == before
