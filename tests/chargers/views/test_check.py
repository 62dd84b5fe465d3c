"""The public check: anybody, under the brand of the host, and nothing of anybody else."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from branding.models import Brand, BrandHost
from chargers.models import SignedMeterValue
from chargers.ocmf import unwrap
from chargers.views.check import CALLS_PER_MINUTE
from common.tenancy import system_scope
from tests.chargers.views.conftest import Site
from tests.support.api import everything
from tests.support.ocmf import Meter
from tests.support.signed import documents, give_signed

pytestmark = pytest.mark.django_db

METER = Meter()


def check(text: str, key: str = "", client: Client | None = None) -> str:
    response = (client or Client()).post("/check/", {"text": text, "key": key})
    assert response.status_code == 200
    return response.content.decode()


def test_the_empty_form() -> None:
    response = Client().get("/check/")
    assert response.status_code == 200
    assert "Check a signed meter value" in response.content.decode()


@pytest.mark.parametrize("curve", ["secp256r1", "secp192k1"])
def test_a_valid_value(curve: str) -> None:
    meter = Meter(curve)
    shown = check(meter.begin(), meter.public_key)
    for text in ("The signature is valid", "2026-03-02T09:00:00,000+0100 S", "100.5 kWh", "M1"):
        assert text in shown, text


def test_a_changed_value() -> None:
    shown = check(METER.begin().replace("100.5", "90.5"), METER.public_key)
    assert "Not valid" in shown
    assert "The signature does not fit: the value was changed, or another key signed it." in shown


def test_the_file_with_begin_and_end_and_its_key(admin: Client, site: Site) -> None:
    give_signed(site.transaction, METER)
    url = f"/transactions/{site.transaction.pk}/signed-meter-values.xml"
    shown = check(admin.get(url).content.decode())
    assert "The signature is valid" in shown
    assert "Value 2" in shown


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        (METER.begin(), "", "Enter the public key of the meter"),
        (METER.begin(), "hello!", "A key is written in hexadecimal or Base64."),
        (METER.begin()[:-30], METER.public_key, "The signature section is not readable"),
        ("8f00", METER.public_key, "This is no OCMF text."),
        ("", METER.public_key, "This field is required."),
        ("OCMF|{}|{}", METER.public_key, "The document holds no signature."),
    ],
)
def test_what_cannot_be_checked(text: str, key: str, message: str) -> None:
    assert message in check(text, key)


def test_a_pair_that_does_not_fit_together() -> None:
    begin = METER.begin()
    end = METER.end(page="T6")
    values = "".join(f"<value><signedData>{one}</signedData></value>" for one in (begin, end))
    shown = check(values, METER.public_key)
    assert "The meter&#x27;s own count is out of order: T7, then T6." in shown
    assert "Not valid" in shown


def test_what_is_pasted_is_shown_as_text_and_kept_nowhere() -> None:
    before = everything()
    shown = check('OCMF|{"MS":"<script>x</script>"}|{"SD":"00"}', METER.public_key)
    assert "<script>x" not in shown
    assert "&lt;script&gt;x" in shown
    assert everything() == before


def test_too_many_checks_of_one_address() -> None:
    client = Client()
    for _ in range(CALLS_PER_MINUTE):
        check("x", client=client)
    response = client.post("/check/", {"text": "x"})
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert client.get("/check/00000000000000000000000000000000/").status_code == 429
    assert client.get("/check/").status_code == 200


def test_the_page_of_a_session(site: Site) -> None:
    made = give_signed(site.transaction, METER)
    response = Client().get(f"/check/{made.token}/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    shown = response.content.decode()
    for text in ("The signature is valid", "11.040\u00a0kWh", "Havnegade 12 site, Aarhus", "M1"):
        assert text in shown, text
    for secret in (site.station.identity, "Bo of Havnegade", str(site.station.pk), "portal"):
        assert secret not in shown, secret
    file = Client().get(f"/check/{made.token}/signed-meter-values.xml")
    begin, _end = unwrap(file.content.decode())
    with system_scope("tests"):
        assert begin.text == SignedMeterValue.objects.order_by("id")[0].raw
    assert "transactionId=" in file.content.decode()
    assert site.transaction.station_ref not in file.content.decode()


def test_the_page_of_a_spoiled_session(site: Site) -> None:
    made = give_signed(site.transaction, METER, spoil=True)
    shown = Client().get(f"/check/{made.token}/").content.decode()
    assert "A signature is wrong." in shown


def test_unknown_links(site: Site) -> None:
    made = give_signed(site.transaction, METER)
    for token in ("x", made.token.lower(), made.token[:-1], str(site.transaction.pk)):
        for suffix in ("", "signed-meter-values.xml"):
            assert Client().get(f"/check/{token}/{suffix}").status_code == 404, token


def test_a_link_belongs_to_the_brand_of_its_host(
    site: Site, foreign_site: Site, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    with system_scope("tests"):
        brand = Brand.objects.create(operator=foreign_site.station.operator, name="Strand Strom")
        BrandHost.objects.create(operator=brand.operator, brand=brand, host="strand.localhost")
    own, foreign = (
        give_signed(foreign_site.transaction, METER),
        give_signed(site.transaction, Meter()),
    )
    host = Client(headers={"host": "strand.localhost"})
    shown = host.get(f"/check/{own.token}/")
    assert shown.status_code == 200
    assert "Strand Strom" in shown.content.decode()
    assert host.get(f"/check/{foreign.token}/").status_code == 404
    assert "Strand Strom" in host.get("/check/").content.decode()


def test_documents_are_what_they_say(site: Site) -> None:
    begin, end = documents(site.transaction, METER)
    assert "The signature is valid" in check(end, METER.public_key)
    assert begin != end
