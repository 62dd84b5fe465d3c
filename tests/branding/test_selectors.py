from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from branding.context import brand as brand_context
from branding.middleware import BrandMiddleware
from branding.selectors import NEUTRAL, brand_for_host, brand_for_operator
from common.tenancy import NoScopeError, current_scope
from tests.accounts.factories import make_operator
from tests.branding.factories import make_brand

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "host", ["lumo.example", "LUMO.example", "lumo.example:8443", "lumo.example."]
)
def test_a_host_shows_its_brand(host: str) -> None:
    operator = make_operator()
    make_brand(operator, "lumo.example", name="Lumo")
    make_brand(make_operator(), "other.example", name="Other")
    found = brand_for_host(host)
    assert (found.name, found.operator_id, found.mark) == ("Lumo", operator.pk, "L")
    with pytest.raises(NoScopeError):
        current_scope()


@pytest.mark.parametrize("host", ["", "stranger.example", "xlumo.example", "example", "[::1]:8000"])
def test_an_unknown_host_is_neutral(host: str) -> None:
    make_brand(make_operator(), "lumo.example")
    assert brand_for_host(host) == NEUTRAL
    assert NEUTRAL.operator_id is None


def test_the_second_look_costs_no_query(django_assert_num_queries: Any) -> None:
    operator = make_operator()
    make_brand(operator, "lumo.example")
    brand_for_host("lumo.example")
    brand_for_operator(operator.pk)
    brand_for_host("stranger.example")
    with django_assert_num_queries(0):
        assert brand_for_host("lumo.example").host == "lumo.example"
        assert brand_for_operator(operator.pk).host == "lumo.example"
        assert brand_for_host("stranger.example") == NEUTRAL


def _context(host: str, operator: Any) -> dict[str, Any]:
    request: Any = RequestFactory().get("/", headers={"host": host})
    request.operator = operator
    BrandMiddleware(lambda inner: inner)(request)
    return brand_context(request)


def test_the_host_decides_before_the_operator_of_the_portal() -> None:
    lumo, other = make_operator(), make_operator()
    make_brand(lumo, "testserver", name="Lumo")
    make_brand(other, name="Other", primary_color="#f5b301", scheme="dark")
    assert _context("testserver", other)["brand"].name == "Lumo"
    context = _context("localhost", other)
    assert context["brand"].name == "Other"
    assert "--brand:#f5b301" in context["theme"].css
    assert context["theme"].scheme == "dark"
    assert _context("localhost", None)["brand"].name == NEUTRAL.name
    assert _context("localhost", make_operator())["brand"].name == NEUTRAL.name
