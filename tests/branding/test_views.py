from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import Operator
from branding.models import Brand, BrandHost
from common.tenancy import system_scope
from tests.accounts.factories import make_member, make_user
from tests.branding.factories import make_brand
from tests.branding.test_services import PNG

pytestmark = pytest.mark.django_db

URL = "/settings/brand/"


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def admin(operator: Operator) -> Client:
    client = Client()
    client.force_login(make_member(operator))
    return client


def _data(**values: Any) -> dict[str, Any]:
    defaults = {
        "name": "Lumo",
        "primary_color": "#f5b301",
        "font": "Inter",
        "radius_px": "8",
        "scheme": "dark",
    }
    return {**defaults, **values}


def _brand() -> Brand:
    with system_scope("tests"):
        return Brand.objects.get()


def test_saving_changes_the_look_of_the_next_page(
    admin: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert admin.get(URL).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(URL, _data()).status_code == 302
    page = admin.get(URL).content.decode()
    assert "--brand:#f5b301;--brand-on:#10151c" in page
    assert 'data-theme-default="dark"' in page
    assert "A pale colour" in page


def test_the_theme_passes_the_content_security_policy(admin: Client, operator: Operator) -> None:
    make_brand(operator)
    response = admin.get(URL)
    policy = response["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy.partition("style-src-attr")[0]
    assert "unsafe-eval" not in policy
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert f'<style nonce="{nonce}">' in response.content.decode()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"primary_color": "red;}"}, "Enter a colour as #rrggbb."),
        ({"radius_px": "99"}, "less than or equal to 24"),
        ({"logo_file": SimpleUploadedFile("x.png", b"<svg/>")}, "Upload a PNG, JPEG or WebP"),
    ],
)
def test_bad_input_is_explained(admin: Client, values: dict[str, Any], message: str) -> None:
    page = admin.post(URL, _data(**values))
    assert page.status_code == 200
    assert message in page.content.decode()
    with system_scope("tests"):
        assert Brand.objects.count() == 0


def test_a_logo_is_served_to_everybody(admin: Client, client: Client) -> None:
    upload = SimpleUploadedFile("../../evil.html", PNG, content_type="text/html")
    assert admin.post(URL, _data(logo_file=upload)).status_code == 302
    name = str(_brand().logo.name).rpartition("/")[2]
    response = client.get(f"/brand/logo/{name}")
    assert response.status_code == 200
    assert b"".join(response) == PNG
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]
    response.close()


@pytest.mark.parametrize("name", ["nothing.png", "x.svg", "..%2f..%2fsecret-key", ".png"])
def test_no_other_file_is_served(client: Client, name: str) -> None:
    assert client.get(f"/brand/logo/{name}").status_code == 404


def test_staff_of_the_installation_hand_out_host_names(operator: Operator) -> None:
    brand = make_brand(operator)
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    url = f"/admin/branding/brand/{brand.pk}/change/"
    page = client.get(url)
    assert page.status_code == 200
    assert "'unsafe-eval'" in page["Content-Security-Policy"]
    data = {
        **_data(operator=str(operator.pk)),
        "hosts-TOTAL_FORMS": "1",
        "hosts-INITIAL_FORMS": "0",
        "hosts-0-host": "Lumo.example",
        "hosts-0-brand": str(brand.pk),
    }
    assert client.post(url, data).status_code == 302
    with system_scope("tests"):
        row = BrandHost.objects.get()
    assert (row.host, row.operator_id) == ("lumo.example", operator.pk)
