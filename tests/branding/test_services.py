from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import AuditEntry, Operator
from branding.exceptions import UnableToUpdateBrand
from branding.models import Brand, BrandHost
from branding.selectors import brand_for_host, brand_for_operator
from branding.services import BrandDetails, add_host, save_brand
from common.tenancy import operator_scope, system_scope
from tests.accounts.factories import ACTOR, NOW
from tests.branding.factories import make_brand

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20


@pytest.fixture(autouse=True)
def _scope(operator: Operator, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with operator_scope(operator.pk):
        yield


def _details(**values: Any) -> BrandDetails:
    defaults: dict[str, Any] = {
        "name": "Lumo",
        "primary_color": "#0f6b56",
        "font": "Manrope",
        "radius_px": 8,
        "scheme": "auto",
    }
    return BrandDetails(**{**defaults, **values})


def _save(operator: Operator, logo: bytes | None = None, **values: Any) -> Brand:
    return save_brand(
        operator=operator, details=_details(**values), logo=logo, actor=ACTOR, now=NOW
    )


def test_a_brand_is_made_and_changed(
    operator: Operator, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    _save(operator)
    assert brand_for_operator(operator.pk).font == "Manrope"
    with django_capture_on_commit_callbacks(execute=True):
        _save(operator, name="Lumo Charge")
    assert brand_for_operator(operator.pk).name == "Lumo Charge"
    assert Brand.objects.count() == 1
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.changes) == ("brand.saved", {"name": ["Lumo", "Lumo Charge"]})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"primary_color": "red"}, "primary_color"),
        ({"primary_color": "#0f6b5;}"}, "primary_color"),
        ({"font": "Comic Sans"}, "font"),
        ({"radius_px": 25}, "radius_px"),
        ({"radius_px": -1}, "radius_px"),
        ({"scheme": "neon"}, "scheme"),
        ({"support_email": "nonsense"}, "support_email"),
        ({"mail_from_address": "a\nb@example.org"}, "mail_from_address"),
    ],
)
def test_bad_values_name_the_field(operator: Operator, values: dict[str, Any], field: str) -> None:
    with pytest.raises(UnableToUpdateBrand) as refused:
        _save(operator, **values)
    assert set(refused.value.errors) == {field}
    assert Brand.objects.count() == AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\x00" * 20,
        b"<html>",
        PNG + b"\x00" * 600_000,
    ],
    ids=["empty", "svg", "gif", "html", "large"],
)
def test_other_files_are_no_logo(operator: Operator, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnableToUpdateBrand) as refused:
        _save(operator, content)
    assert set(refused.value.errors) == {"logo"}
    assert Brand.objects.count() == 0
    assert list(tmp_path.rglob("*.*")) == []


def test_a_logo_gets_a_name_of_our_own_and_can_be_removed(operator: Operator) -> None:
    brand = _save(operator, PNG)
    name = f"{brand.pk.hex}-{sha256(PNG).hexdigest()[:16]}.png"
    assert brand.logo.name == f"brands/{name}"
    assert brand_for_operator(operator.pk).logo_url == f"/brand/logo/{name}"
    brand = save_brand(
        operator=operator, details=_details(), remove_logo=True, actor=ACTOR, now=NOW
    )
    assert not brand.logo


def test_hosts(
    operator: Operator,
    other_operator: Operator,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    brand = make_brand(operator)
    make_brand(other_operator, "taken.example")
    assert brand_for_host("lumo.example").operator_id is None
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            add_host(brand=brand, host=" Lumo.Example. ", actor=ACTOR, now=NOW)
    assert brand_for_host("lumo.example").operator_id == operator.pk
    for host in ("taken.example", "https://x.example", "x.example:80", "", "-x.example", "a b"):
        with pytest.raises(UnableToUpdateBrand) as refused:
            add_host(brand=brand, host=host, actor=ACTOR, now=NOW)
        assert set(refused.value.errors) == {"host"}
    assert [row.host for row in BrandHost.objects.all()] == ["lumo.example"]
    with system_scope("tests"):
        assert BrandHost.objects.count() == 2
