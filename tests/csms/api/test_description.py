"""The API's description: complete, without warnings, checked in, and shown on a page."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from csms.api_docs import JSON, YAML, schema_text
from tests.csms.api.operations import all_operations

CHECKED_IN = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"


def test_the_checked_in_description_is_up_to_date() -> None:
    """Otherwise: `manage.py spectacular --file docs/openapi.yaml`."""
    assert CHECKED_IN.read_bytes() == schema_text(YAML)


def test_it_is_made_without_a_warning_and_is_valid(tmp_path: Path) -> None:
    call_command("spectacular", file=str(tmp_path / "x.yaml"), validate=True, fail_on_warn=True)


def test_it_describes_every_call() -> None:
    described = yaml.safe_load(CHECKED_IN.read_text(encoding="utf-8"))
    assert described["openapi"] == "3.1.1"
    assert described["info"]["title"] == "Charging network API"
    calls = {
        f"{method.upper()} {path.removeprefix('/api/v1/')}"
        for path, methods in described["paths"].items()
        for method in methods
    }
    names = {"<uuid:pk>": "{id}", "<int:pk>": "{id}"}
    expected = set()
    for operation in all_operations():
        text = str(operation)
        for converter, shown in names.items():
            text = text.replace(converter, shown)
        expected.add(text)
    assert calls == expected


def test_every_call_says_how_it_may_fail() -> None:
    described = yaml.safe_load(CHECKED_IN.read_text(encoding="utf-8"))
    for methods in described["paths"].values():
        for operation in methods.values():
            assert {"401", "403", "429"} <= set(operation["responses"])
            assert operation["security"] == [{"apiKey": []}, {"portalSession": []}]
            assert operation["summary"]


@pytest.mark.django_db
def test_it_is_served_as_yaml_and_json(client: Client) -> None:
    response = client.get("/api/v1/schema")
    assert response["Content-Type"] == "application/yaml; charset=utf-8"
    assert response.content == CHECKED_IN.read_bytes()
    response = client.get("/api/v1/schema", headers={"Accept": "application/json"})
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response.content == schema_text(JSON)


@pytest.mark.django_db
def test_the_page_keeps_the_strict_policy(client: Client) -> None:
    response = client.get("/api/v1/docs/")
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert policy.count("unsafe-inline") == 1
    assert "style-src-attr 'unsafe-inline'" in policy
    page = response.content.decode()
    assert 'data-schema-url="/api/v1/schema"' in page
    assert "Stationmaster" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")
