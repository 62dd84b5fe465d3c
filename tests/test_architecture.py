"""What import-linter cannot see: string foreign keys, OCPP versions named above the protocol."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

FLOORS = [
    "common",
    "events",
    "accounts",
    "branding",
    "chargers",
    "tariffs",
    "billing",
    "operations",
    "csms",
]
ROOT = Path(settings.BASE_DIR)
# The only folders that may know which OCPP version is spoken.
VERSIONED = ("chargers/ocpp/", "chargers/simulator/", "chargers/management/")
_BRANCH_ON_VERSION = re.compile(
    r"""(?:==|!=|\bin\b|\bcase\b)\s*\(?\s*(?:"ocpp\d|'ocpp\d|Protocol\.OCPP|V16\b|V201\b)"""
)
_SIZE_LIMIT = 500


def _sources() -> list[Path]:
    return sorted(
        path
        for app in FLOORS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
    )


def test_foreign_keys_only_point_down() -> None:
    upward = [
        f"{model._meta.label}.{field.name} -> {target._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if getattr(field, "remote_field", None) and not field.auto_created
        if (target := field.related_model) is not None and not isinstance(target, str)
        if target._meta.app_label in FLOORS
        if FLOORS.index(target._meta.app_label) > FLOORS.index(model._meta.app_label)
    ]
    assert upward == []


def test_every_tenant_owned_model_carries_its_operator() -> None:
    installation_wide = {
        "accounts.Operator",
        "accounts.User",
        "events.OutboxEvent",
        "events.FailedDelivery",
        "chargers.GatewayProcess",
        "chargers.UnknownHandshake",
    }
    without = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        if not model._meta.auto_created
        if not any(field.name == "operator" for field in model._meta.get_fields())
    }
    assert without == installation_wide - {"accounts.User"}


def test_no_rule_outside_the_protocol_asks_for_an_ocpp_version() -> None:
    offenders = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in _sources()
        if not str(path.relative_to(ROOT)).startswith(VERSIONED)
        for line in path.read_text(encoding="utf-8").splitlines()
        if _BRANCH_ON_VERSION.search(line)
    ]
    assert offenders == []


def test_rules_never_read_the_clock() -> None:
    """Only interfaces call `utc_now`; services, selectors and pure code are given `now`."""
    clock = re.compile(r"utc_now\(\)|timezone\.now\(|datetime\.now\(|date\.today\(")
    below_interfaces = re.compile(
        r"(?:^|/)(?:services|domain|models|ocpp|pricing|ocpi)(?:/|\.py$)|selectors"
    )
    offenders = [
        str(path.relative_to(ROOT))
        for path in _sources()
        if below_interfaces.search(str(path.relative_to(ROOT)))
        if clock.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


@pytest.mark.parametrize("word", ["post_save", "pre_save", "m2m_changed"])
def test_no_signals_as_glue(word: str) -> None:
    offenders = [
        str(path.relative_to(ROOT)) for path in _sources() if word in path.read_text("utf-8")
    ]
    assert offenders == []


def test_no_god_files() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > _SIZE_LIMIT
    }
    assert long == {}
