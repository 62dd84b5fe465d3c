"""The list, the page of a tariff, and what is done with a tariff as a whole."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Operator, Role
from common.tenancy import system_scope
from tariffs.models import Tariff, TariffVersion
from tests.factories import (
    PinnedTariffFactory,
    TariffAssignmentFactory,
    TariffFactory,
    TariffGroupFactory,
    TariffVersionFactory,
    TransactionFactory,
    terms_document,
)
from tests.tariffs.views.conftest import LogIn

pytestmark = pytest.mark.django_db
UGLY = "<script>alert(1)</script> \"quoted\" & 'single' " + "x" * 60
LATER = datetime.now(tz=UTC) + timedelta(days=9)


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def tariff(operator: Operator) -> Tariff:
    """0.49 a kWh; cheaper later."""
    row = TariffFactory.create(operator=operator, name="Standard")
    TariffVersionFactory.create(tariff=row, number=1)
    TariffVersionFactory.create(
        tariff=row, number=2, valid_from=LATER, terms=terms_document("0.39")
    )
    return row


@pytest.fixture
def foreign() -> Tariff:
    row = TariffFactory.create(name="Theirs")
    TariffVersionFactory.create(tariff=row, number=1)
    TariffVersionFactory.create(tariff=row, number=2, valid_from=LATER)
    return row


def state(tariff: Tariff) -> tuple[Any, ...]:
    with system_scope("tests"):
        row = Tariff.objects.get(pk=tariff.pk)
        return row.name, row.archived_at, list(row.versions.values_list("number", "withdrawn_at"))


def test_without_tariffs_there_are_ways_to_begin(admin: Client) -> None:
    page = admin.get("/tariffs/").content.decode()
    assert "Your first tariff" in page
    for start in ("kwh", "idle", "times"):
        assert f'href="/tariffs/add/?start={start}"' in page
        assert admin.get(f"/tariffs/add/?start={start}").status_code == 200


def test_the_list_tells_price_version_change_and_use(admin: Client, tariff: Tariff) -> None:
    group = TariffGroupFactory.create(operator=tariff.operator)
    TariffAssignmentFactory.create(group=group, tariff=tariff)
    text = words(admin.get("/tariffs/"))
    assert "Standard € 0.49/kWh plus 25 % VAT 1 since" in text
    assert "€ 0.39/kWh 1 1" in text


def test_the_list_is_searched_and_has_the_archive(admin: Client, tariff: Tariff) -> None:
    TariffFactory.create(operator=tariff.operator, name="Gone", archived_at=LATER)
    assert "Standard" in words(admin.get("/tariffs/?q=stand"))
    assert "No tariff matches" in words(admin.get("/tariffs/?q=nothing"))
    archived = words(admin.get("/tariffs/?archived=on"))
    assert "Gone" in archived
    assert "Standard" not in archived


def test_the_page_tells_words_versions_and_use(admin: Client, tariff: Tariff) -> None:
    group = TariffGroupFactory.create(operator=tariff.operator, name="Members")
    TariffAssignmentFactory.create(group=group, tariff=tariff)
    version = _version(tariff, 1)
    PinnedTariffFactory.create(
        transaction=TransactionFactory.create(station__operator=tariff.operator), version=version
    )
    text = words(admin.get(f"/tariffs/{tariff.pk}/"))
    assert "What charging costs now" in text
    assert "€ 0.49/kWh" in text
    assert "Assignments 1 For Members Sessions under way 1" in text
    assert "Overnight, AC" in text
    assert "2 · € 0.39/kWh from" in text
    assert "1 assignment of the price list ends with it" in text


def _version(tariff: Tariff, number: int) -> TariffVersion:
    with system_scope("tests"):
        return tariff.versions.get(number=number)


def test_another_version_tells_what_it_changes(admin: Client, tariff: Tariff) -> None:
    text = words(admin.get(f"/tariffs/{tariff.pk}/?version=2"))
    assert "This is version 2, which has not begun yet." in text
    assert (
        "Other than version 1 \u2212 No longer: Energy: € 0.49/kWh + New: Energy: € 0.39/kWh"
        in text
    )
    assert "What charging costs now" in words(admin.get(f"/tariffs/{tariff.pk}/?version=zzz"))


def test_a_tariff_without_a_price_says_so(admin: Client, operator: Operator) -> None:
    row = TariffFactory.create(operator=operator)
    text = words(admin.get(f"/tariffs/{row.pk}/"))
    assert "No price yet" in text
    assert "it would not be free" in text


def test_a_scheduled_version_is_withdrawn_and_one_that_began_is_not(
    admin: Client, tariff: Tariff
) -> None:
    later, first = (f"/tariffs/{tariff.pk}/versions/{_version(tariff, n).pk}" for n in (2, 1))
    assert "Version 2 will not begin." in words(admin.post(f"{later}/withdraw/", follow=True))
    assert _version(tariff, 2).withdrawn_at is not None
    assert "has begun" in words(admin.post(f"{first}/withdraw/", follow=True))
    assert _version(tariff, 1).withdrawn_at is None
    other = TariffFactory.create(operator=tariff.operator)
    stranger = first.replace(str(tariff.pk), str(other.pk))
    assert admin.post(f"{stranger}/withdraw/").status_code == 404


def test_archived_with_its_assignments_and_restored(admin: Client, tariff: Tariff) -> None:
    group = TariffGroupFactory.create(operator=tariff.operator)
    TariffAssignmentFactory.create(group=group, tariff=tariff)
    path = f"/tariffs/{tariff.pk}"
    assert "assigned in 1 place" in words(admin.post(f"{path}/archive/", follow=True))
    assert state(tariff)[1] is None
    text = words(admin.post(f"{path}/archive/", {"unassign": "on"}, follow=True))
    assert "The tariff was archived." in text
    assert state(tariff)[1] is not None
    assert admin.get(f"{path}/versions/add/").status_code == 302
    assert "The tariff is back." in words(admin.post(f"{path}/restore/", follow=True))
    assert "is not archived" in words(admin.post(f"{path}/restore/", follow=True))
    assert state(tariff)[1] is None


def test_duplicated(admin: Client, tariff: Tariff) -> None:
    text = words(admin.post(f"/tariffs/{tariff.pk}/duplicate/", follow=True))
    assert "Standard (copy)" in text
    assert "€ 0.49/kWh" in text


def test_renamed_and_refused(admin: Client, tariff: Tariff) -> None:
    TariffFactory.create(operator=tariff.operator, name="Taken")
    path = f"/tariffs/{tariff.pk}/name/"
    assert 'value="Standard"' in admin.get(path).content.decode()
    assert "Another tariff has this name." in words(admin.post(path, {"name": "Taken"}))
    assert state(tariff)[0] == "Standard"
    assert admin.post(path, {"name": UGLY, "description": UGLY}).status_code == 302
    assert state(tariff)[0] == UGLY
    with system_scope("tests"):
        assert AuditEntry.objects.latest("id").action == "tariff.changed"
    for page_address in (
        "/tariffs/",
        f"/tariffs/{tariff.pk}/",
        path,
        f"/tariffs/{tariff.pk}/versions/add/",
    ):
        page = admin.get(page_address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def address(tariff: Tariff, path: str) -> str:
    return f"/tariffs/{tariff.pk}/{path.format(version=_version(tariff, 2).pk)}"


WRITES = (
    "archive/",
    "restore/",
    "duplicate/",
    "name/",
    "versions/add/",
    "versions/{version}/withdraw/",
)


@pytest.mark.parametrize("write", WRITES)
def test_who_may_only_look_changes_nothing(viewer: Client, tariff: Tariff, write: str) -> None:
    before = state(tariff)
    assert viewer.post(address(tariff, write), {"name": "x"}).status_code == 403
    assert state(tariff) == before


def test_who_may_only_look_sees_everything(viewer: Client, tariff: Tariff) -> None:
    for page_address in ("/tariffs/", f"/tariffs/{tariff.pk}/"):
        page = viewer.get(page_address).content.decode()
        assert "0.49/kWh" in page
        for word in ("Add tariff", "New version", "Archive tariff", "Withdraw", "Duplicate"):
            assert word not in page
    for page_address in ("/tariffs/add/", f"/tariffs/{tariff.pk}/versions/add/"):
        assert viewer.get(page_address).status_code == 403
    assert viewer.post("/tariffs/preview/").status_code == 403


@pytest.mark.parametrize("path", ["", *WRITES])
def test_another_operators_tariff_is_not_there(admin: Client, foreign: Tariff, path: str) -> None:
    before = state(foreign)
    where = address(foreign, path)
    assert admin.post(where, {"name": "x"}).status_code == 404
    assert admin.get(where).status_code in {404, 405}
    assert "Theirs" not in words(admin.get("/tariffs/"))
    assert state(foreign) == before


@pytest.mark.parametrize(
    ("pattern", "queries"),
    [("/tariffs/", 10), ("/tariffs/{tariff}/", 13), ("/tariffs/{tariff}/versions/add/", 9)],
)
def test_queries_do_not_grow(
    admin: Client, tariff: Tariff, pattern: str, queries: int, django_assert_num_queries: Any
) -> None:
    group = TariffGroupFactory.create(operator=tariff.operator)
    for number in range(5):
        other = TariffFactory.create(operator=tariff.operator)
        TariffVersionFactory.create(tariff=other)
        TariffAssignmentFactory.create(group=group, tariff=tariff)
        TariffVersionFactory.create(
            tariff=tariff, number=3 + number, valid_from=LATER + timedelta(days=number + 1)
        )
    with django_assert_num_queries(queries):
        assert admin.get(pattern.format(tariff=tariff.pk)).status_code == 200


def test_nobody_known_is_sent_to_log_in(tariff: Tariff) -> None:
    assert "/account/" in Client().get(f"/tariffs/{tariff.pk}/")["Location"]


def test_support_may_look(as_role: LogIn, tariff: Tariff) -> None:
    assert as_role(Role.SUPPORT).get(f"/tariffs/{tariff.pk}/").status_code == 200
