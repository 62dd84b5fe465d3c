from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role
from chargers.models import MeterPublicKey, SignedMeterValue
from chargers.ocmf import unwrap
from common.tenancy import system_scope
from tests.chargers.views.conftest import LogIn, Site
from tests.support.ocmf import Meter
from tests.support.signed import give_signed

pytestmark = pytest.mark.django_db

METER = Meter()


def page(client: Client, site: Site) -> str:
    return client.get(f"/transactions/{site.transaction.pk}/").content.decode()


def keys() -> list[MeterPublicKey]:
    with system_scope("tests"):
        return list(MeterPublicKey.objects.order_by("id"))


def test_a_session_without_signed_values_has_no_panel(admin: Client, site: Site) -> None:
    assert "Signed meter values" not in page(admin, site)
    file = f"/transactions/{site.transaction.pk}/signed-meter-values.xml"
    assert admin.get(file).status_code == 404


def test_the_panel_of_a_valid_pair(admin: Client, site: Site) -> None:
    check = give_signed(site.transaction, METER)
    shown = page(admin, site)
    for text in (
        "Signed meter values",
        "The signature is valid",
        "100.000\u00a0kWh",
        "111.040\u00a0kWh",
        "11.040\u00a0kWh",
        "OCMF|{&quot;FV&quot;",
        f"/check/{check.token}/",
        "Sent with a value",
    ):
        assert text in shown, text


def test_the_panel_of_a_wrong_signature(as_role: LogIn, site: Site) -> None:
    give_signed(site.transaction, METER, spoil=True)
    shown = page(as_role(Role.VIEWER), site)
    assert "A signature is wrong." in shown
    assert "The signature does not fit: the value was changed, or another key signed it." in shown


def test_values_that_wait_for_their_check(admin: Client, site: Site) -> None:
    with system_scope("tests"):
        SignedMeterValue.objects.create(
            operator_id=site.transaction.operator_id,
            station=site.station,
            transaction=site.transaction,
            evse_number=1,
            received_at=site.transaction.started_at,
            raw="<b>OCMF</b>",
            digest="0" * 64,
        )
    shown = page(admin, site)
    assert "The values came in and are checked within a minute." in shown
    assert "&lt;b&gt;OCMF&lt;/b&gt;" in shown


def test_the_file_for_transparency_software(admin: Client, site: Site) -> None:
    give_signed(site.transaction, METER)
    response = admin.get(f"/transactions/{site.transaction.pk}/signed-meter-values.xml")
    assert response["Content-Type"] == "application/xml"
    assert response["Content-Disposition"] == 'attachment; filename="signed-meter-values.xml"'
    with system_scope("tests"):
        raw = list(SignedMeterValue.objects.order_by("id").values_list("raw", flat=True))
    values = unwrap(response.content.decode())
    assert [(one.text, one.public_key) for one in values] == [
        (text, METER.public_key) for text in raw
    ]


def test_a_key_is_entered_and_removed(admin: Client, site: Site) -> None:
    give_signed(site.transaction, METER, key="")
    url = f"/stations/{site.station.pk}/meter-keys/"
    settings = f"/stations/{site.station.pk}/settings/"
    assert "No key is known yet." in admin.get(settings).content.decode()
    response = admin.post(url, {"evse": "1", "key": METER.public_key}, follow=True)
    assert "Stored values are checked with it now." in response.content.decode()
    (key,) = keys()
    assert (key.evse_number, key.source, key.algorithm) == (1, "staff", "ECDSA-secp256r1-SHA256")
    assert "Typed by staff" in response.content.decode()
    response = admin.post(f"{url}{key.pk}/remove/", follow=True)
    assert "The key was removed." in response.content.decode()
    assert keys() == []
    with system_scope("tests"):
        actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["station.meter_key_added", "station.meter_key_removed"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"evse": "1", "key": "hello!"}, "A key is written in hexadecimal or Base64."),
        ({"evse": "9", "key": METER.public_key}, "Select a valid choice."),
        ({"evse": "1", "key": ""}, "This field is required."),
    ],
)
def test_what_is_no_key(admin: Client, site: Site, data: dict[str, str], message: str) -> None:
    response = admin.post(f"/stations/{site.station.pk}/meter-keys/", data, follow=True)
    assert message in response.content.decode()
    assert keys() == []


def test_a_key_of_another_station_is_not_removed(
    admin: Client, site: Site, foreign_site: Site
) -> None:
    give_signed(foreign_site.transaction, METER)
    (key,) = keys()
    for station in (site.station.pk, foreign_site.station.pk):
        assert admin.post(f"/stations/{station}/meter-keys/{key.pk}/remove/").status_code == 404
    assert keys() == [key]
