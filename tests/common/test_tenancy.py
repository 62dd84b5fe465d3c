"""No query without a scope, no row of another operator, by whichever door."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.apps import apps
from django.db import DatabaseError, IntegrityError, models, transaction
from django.db.models import Count, F

from accounts.models import Driver, IdToken, Operator
from common.tenancy import (
    ForeignTenantError,
    NoScopeError,
    ScopedManager,
    TenantModel,
    aiterate_in_scope,
    current_scope,
    iterate_in_scope,
    operator_scope,
    system_scope,
)
from tests.accounts.factories import NOW, make_driver, make_operator, make_token


def _names() -> list[str]:
    return sorted(Driver.objects.values_list("full_name", flat=True))


async def _read_async() -> list[Driver]:
    return [driver async for driver in Driver.objects.all()]


async def _aexists() -> bool:
    return await Driver.objects.aexists()


async def _acount() -> int:
    return await Driver.objects.acount()


async def _abulk_create() -> list[Driver]:
    return await Driver.objects.abulk_create([Driver(full_name="x")])


READS: dict[str, Callable[[], Any]] = {
    "all": lambda: list(Driver.objects.all()),
    "filter": lambda: list(Driver.objects.filter(full_name="x")),
    "get": lambda: Driver.objects.get(full_name="x"),
    "first": Driver.objects.first,
    "exists": Driver.objects.exists,
    "count": Driver.objects.count,
    "aggregate": lambda: Driver.objects.aggregate(n=Count("pk")),
    "in_bulk": Driver.objects.in_bulk,
    "values": lambda: list(Driver.objects.values("pk")),
    "values_list": lambda: list(Driver.objects.values_list("pk")),
    "dates": lambda: list(Driver.objects.datetimes("created_at", "day")),
    "iterator": lambda: list(Driver.objects.iterator()),
    "raw": lambda: list(Driver.objects.raw("SELECT * FROM accounts_driver")),
    "using": lambda: list(Driver.objects.using("default")),
    "base_manager": lambda: list(Driver._base_manager.all()),
    "default_manager": lambda: list(Driver._default_manager.all()),
    "select_related": lambda: list(Driver.objects.select_related("operator")),
    "prefetch_related": lambda: list(Driver.objects.prefetch_related("id_tokens")),
    "get_or_create": lambda: Driver.objects.get_or_create(full_name="x"),
    "update_or_create": lambda: Driver.objects.update_or_create(full_name="x"),
    "update": lambda: Driver.objects.update(full_name="x"),
    "delete": lambda: Driver.objects.all().delete(),
    "none": lambda: list(Driver.objects.none()),
    "bulk_create": lambda: Driver.objects.bulk_create([Driver(full_name="x")]),
    "bulk_update": lambda: Driver.objects.bulk_update([Driver(full_name="x")], ["full_name"]),
    "create": lambda: Driver.objects.create(full_name="x", created_at=NOW),
    "save": lambda: Driver(full_name="x", created_at=NOW).save(),
    "aexists": async_to_sync(_aexists),
    "acount": async_to_sync(_acount),
    "async_for": async_to_sync(_read_async),
    "abulk_create": async_to_sync(_abulk_create),
}


@pytest.mark.django_db
@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_every_door_raises_without_a_scope(read: Callable[[], Any]) -> None:
    with pytest.raises(NoScopeError):
        read()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "read",
    [
        lambda driver: driver.refresh_from_db(),
        lambda driver: driver.delete(),
        lambda driver: driver.save(),
        lambda driver: list(driver.id_tokens.all()),
        lambda driver: list(driver.groups.all()),
        lambda driver: list(driver.operator.drivers.all()),
    ],
    ids=["refresh_from_db", "delete", "save", "reverse", "many_to_many", "from_operator"],
)
def test_every_door_of_a_row_raises_without_a_scope(read: Callable[[Driver], Any]) -> None:
    driver = make_driver(make_operator())
    with pytest.raises(NoScopeError):
        read(driver)


@pytest.mark.django_db
class TestOneOperator:
    """Two operators with one driver each; everything happens in the scope of the first."""

    @pytest.fixture(autouse=True)
    def _arrange(self) -> Iterator[None]:
        self.mine, self.other = make_operator(), make_operator()
        self.my_driver = make_driver(self.mine, full_name="Mine")
        self.foreign = make_driver(self.other, full_name="Foreign")
        self.foreign_token = make_token(self.other, driver=self.foreign, uid="FFFFFFFF")
        with operator_scope(self.mine.pk):
            yield
        with system_scope("tests"):
            self.foreign.refresh_from_db()
            assert self.foreign.full_name == "Foreign"
            assert self.foreign.operator_id == self.other.pk
            assert IdToken.objects.filter(uid="FFFFFFFF", driver=self.foreign).count() == 1

    def test_reads_see_own_rows_only(self) -> None:
        assert _names() == ["Mine"]
        assert Driver.objects.count() == 1
        assert Driver.objects.aggregate(n=Count("pk")) == {"n": 1}
        assert list(Driver.objects.in_bulk()) == [self.my_driver.pk]
        assert not Driver.objects.filter(full_name="Foreign").exists()
        assert [driver.pk for driver in Driver.objects.iterator()] == [self.my_driver.pk]
        assert list(self.other.drivers.all()) == []
        assert list(self.foreign.id_tokens.all()) == []

    def test_asynchronous_reads_see_own_rows_only(self) -> None:
        found = async_to_sync(_read_async)()
        assert [driver.full_name for driver in found] == ["Mine"]

    def test_joins_and_unions_stay_inside(self) -> None:
        both = Driver.objects.filter(full_name="Mine") | Driver.objects.filter(full_name="Foreign")
        assert [driver.full_name for driver in both] == ["Mine"]
        excluded = Driver.objects.exclude(full_name="Mine")
        assert list(excluded) == []
        tokens = Driver.objects.prefetch_related("id_tokens")
        assert [list(driver.id_tokens.all()) for driver in tokens] == [[]]

    def test_a_foreign_row_cannot_be_refreshed_or_followed(self) -> None:
        with pytest.raises(Driver.DoesNotExist):
            self.foreign.refresh_from_db()
        token = IdToken(operator=self.mine, driver_id=self.foreign.pk, uid="AAAAAAAA")
        with pytest.raises(Driver.DoesNotExist):
            _ = token.driver

    def test_a_foreign_row_cannot_be_saved_or_deleted(self) -> None:
        self.foreign.full_name = "Stolen"
        with pytest.raises(ForeignTenantError):
            self.foreign.save()
        with pytest.raises(ForeignTenantError):
            self.foreign.save_base(raw=True)
        with pytest.raises(ForeignTenantError):
            self.foreign.delete()

    def test_a_foreign_key_value_in_disguise_reaches_nothing(self) -> None:
        disguised = Driver(
            pk=self.foreign.pk, operator=self.mine, full_name="Stolen", created_at=NOW
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            disguised.save()
        with pytest.raises(DatabaseError), transaction.atomic():
            disguised.save(force_update=True)
        with pytest.raises(ForeignTenantError):
            disguised.delete()
        assert Driver.objects.bulk_update([disguised], ["full_name"]) == 0

    def test_rows_for_another_operator_cannot_be_created(self) -> None:
        values: dict[str, Any] = {"full_name": "New", "email": "new@example.org", "created_at": NOW}
        with pytest.raises(ForeignTenantError):
            Driver.objects.create(operator=self.other, **values)
        with pytest.raises(ForeignTenantError):
            Driver.objects.get_or_create(operator=self.other, **values)
        with pytest.raises(ForeignTenantError):
            Driver.objects.update_or_create(operator=self.other, defaults=values)
        with pytest.raises(ForeignTenantError):
            Driver.objects.bulk_create([Driver(operator=self.other, **values)])
        with pytest.raises(ForeignTenantError):
            self.other.drivers.create(**values)
        with system_scope("tests"):
            assert not Driver.objects.filter(full_name="New").exists()

    def test_a_row_cannot_be_moved(self) -> None:
        with pytest.raises(ForeignTenantError):
            Driver.objects.update(operator=self.other)
        with pytest.raises(ForeignTenantError):
            Driver.objects.update(operator_id=self.other.pk)
        self.my_driver.operator = self.other
        with pytest.raises(ForeignTenantError):
            self.my_driver.save()
        with pytest.raises(ForeignTenantError):
            Driver.objects.bulk_update([self.my_driver], ["operator"])

    def test_updates_and_deletes_touch_own_rows_only(self) -> None:
        assert Driver.objects.update(full_name=F("email")) == 1
        Driver.objects.all().delete()
        assert Driver.objects.count() == 0

    def test_an_own_row_cannot_point_to_a_loaded_foreign_one(self) -> None:
        with pytest.raises(ForeignTenantError):
            IdToken.objects.create(
                operator=self.mine, driver=self.foreign, uid="AAAAAAAA", created_at=NOW
            )

    def test_an_upsert_cannot_overwrite_a_foreign_row(self) -> None:
        row = Driver(
            pk=self.foreign.pk,
            operator=self.mine,
            full_name="Stolen",
            email="s@example.org",
            created_at=NOW,
        )
        with pytest.raises(ForeignTenantError):
            Driver.objects.bulk_create(
                [row], update_conflicts=True, unique_fields=["pk"], update_fields=["full_name"]
            )

    def test_raw_sql_is_for_the_whole_installation(self) -> None:
        sql = "SELECT * FROM accounts_driver"
        with pytest.raises(ForeignTenantError):
            Driver.objects.raw(sql)
        with system_scope("tests"):
            assert len(list(Driver.objects.raw(sql))) == 2

    def test_a_queryset_keeps_the_scope_it_was_made_in(self) -> None:
        rows = Driver.objects.all()
        with operator_scope(self.other.pk):
            assert [driver.full_name for driver in rows] == ["Mine"]

    def test_a_new_thread_has_no_scope(self) -> None:
        seen: list[str] = []

        def look() -> None:
            try:
                current_scope()
            except NoScopeError:
                seen.append("none")

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert seen == ["none"]


def test_a_scope_ends_with_its_block_also_after_an_error(operator: Operator) -> None:
    with pytest.raises(KeyError), operator_scope(operator.pk):
        raise KeyError
    with pytest.raises(NoScopeError):
        current_scope()


def test_an_inner_scope_gives_way_to_the_outer_one(
    operator: Operator, other_operator: Operator
) -> None:
    with operator_scope(operator.pk):
        with operator_scope(other_operator.pk):
            assert current_scope().operator_id == other_operator.pk
        assert current_scope().operator_id == operator.pk


def test_a_stream_has_its_scope_and_leaks_none(operator: Operator) -> None:
    make_driver(operator, full_name="Mine")
    make_driver(make_operator(), full_name="Foreign")

    def names() -> Iterator[str]:
        yield from _names()
        yield str(Driver.objects.count())

    with operator_scope(operator.pk) as scope:
        stream = iterate_in_scope(scope, names)
    seen = []
    for item in stream:
        seen.append(item)
        with pytest.raises(NoScopeError):
            current_scope()
    assert seen == ["Mine", "1"]


def test_an_asynchronous_stream_has_its_scope_and_leaks_none(operator: Operator) -> None:
    make_driver(operator, full_name="Mine")
    make_driver(make_operator(), full_name="Foreign")
    closed: list[bool] = []

    async def names() -> AsyncIterator[str]:
        try:
            for name in await sync_to_async(_names)():
                yield name
            yield "more"
            yield "never seen"
        finally:
            closed.append(current_scope().operator_id == operator.pk)

    async def read() -> list[str]:
        with operator_scope(operator.pk) as scope:
            stream = aiterate_in_scope(scope, names)
        seen = []
        async for item in stream:
            seen.append(item)
            with pytest.raises(NoScopeError):
                current_scope()
            if item == "more":
                break
        await stream.aclose()  # type: ignore[attr-defined]
        return seen

    assert async_to_sync(read)() == ["Mine", "more"]
    assert closed == [True]


def _models_with_an_operator() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.OneToOneField)
        and field.remote_field.model is Operator
    ]


@pytest.mark.parametrize("model", _models_with_an_operator(), ids=lambda model: model.__name__)
def test_every_row_with_an_operator_is_scoped(model: type[models.Model]) -> None:
    """`User` is the exception: staff are global and log in before any scope exists."""
    if model._meta.label == "accounts.User":
        return
    assert issubclass(model, TenantModel)
    managers = [model._default_manager, model._base_manager, *model._meta.managers]
    assert all(isinstance(manager, ScopedManager) for manager in managers)
