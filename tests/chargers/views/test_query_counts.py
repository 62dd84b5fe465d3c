"""Queries of each page, exactly: they must not grow with the rows shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Operator
from tests.chargers.views.conftest import Site, make_site
from tests.chargers.views.test_access import address

pytestmark = pytest.mark.django_db

# Session, user, memberships and their operators, brand; then the sidebar's two counts.
QUERIES = {
    "/stations/": 13,
    "/stations/{station}/": 18,
    "/stations/{station}/transactions/": 12,
    "/stations/{station}/commands/": 11,
    "/stations/{station}/commands/reset/": 10,
    "/stations/{station}/access/": 16,
    "/stations/{station}/charging/": 15,
    "/reservations/": 8,
    "/local-lists/": 9,
    "/stations/{station}/variables/": 17,
    "/stations/{station}/monitoring/": 12,
    "/stations/{station}/security/": 16,
    "/stations/{station}/frames/": 13,
    "/stations/{station}/timeline/": 12,
    "/stations/{station}/settings/": 14,
    "/stations/{station}/commissioning/": 16,
    "/transactions/": 12,
    "/transactions/{transaction}/": 20,
    "/locations/": 12,
    "/locations/{location}/": 21,
    "/locations/{location}/edit/": 9,
    "/stations/add/": 9,
    "/makes/": 11,
    "/certificates/": 12,
    "/makes/make/?vendor=Alpitronic&model=HYC300": 11,
    "/makes/rules/add/": 7,
    "/makes/rules/{rule}/": 9,
    "/templates/": 10,
    "/templates/add/": 8,
    "/templates/{template}/": 12,
    "/templates/{template}/edit/": 10,
    "/templates/{template}/apply/": 10,
    "/templates/rollouts/{rollout}/": 10,
    "/search/?q=Havnegade": 13,
}


@pytest.mark.parametrize("pattern", list(QUERIES))
def test_queries_do_not_grow_with_the_network(
    pattern: str,
    admin: Client,
    operator: Operator,
    site: Site,
    django_assert_num_queries: Any,
) -> None:
    for number in range(6):
        make_site(operator, name=f"Havnegade {number}")
    with django_assert_num_queries(QUERIES[pattern]):
        assert admin.get(address(pattern, site)).status_code == 200
