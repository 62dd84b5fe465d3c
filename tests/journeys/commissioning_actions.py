"""What the second process does about commissioning and replacing; imported by `site_actions`."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Operator, Role, User
from accounts.services.audit import Actor
from chargers.models import (
    ChargingStation,
    Commissioning,
    ConnectorType,
    CurrentType,
    Location,
    ReplacedHardware,
    Transaction,
)
from chargers.selectors import station_by_id
from chargers.selectors.commissioning import progress_of
from chargers.services.replacement import replace_hardware
from chargers.services.stations import NewEvse
from common.clock import utc_now

ACTOR = Actor.system("journeys")
Row = dict[str, Any]


def _technician() -> Client:
    """Somebody on site, logged in to the portal."""
    email = "installer@volta.example"
    user, is_new = User.objects.get_or_create(
        username=email, defaults={"email": email, "created_at": utc_now()}
    )
    if is_new:
        Membership.objects.create(
            operator=Operator.objects.get(slug="volta"),
            user=user,
            role=Role.TECHNICIAN,
            created_at=utc_now(),
        )
    client = Client()
    client.force_login(user)
    return client


def _station(identity: str) -> ChargingStation:
    return ChargingStation.objects.select_related("operator").get(identity=identity)


def add_by_wizard(beside: str, vendor: str, model: str, name: str) -> Row:
    """Through the pages, at the location of another station: identity and key as they are shown."""
    client = _technician()
    location = Location.objects.get(stations__identity=beside)
    client.post(reverse("chargers:add_station"), {"location": str(location.pk)})
    client.get(reverse("chargers:add_station_make"))
    rows = {
        "evse-TOTAL_FORMS": "2",
        "evse-INITIAL_FORMS": "0",
        **{
            f"evse-{n}-{field}": value
            for n in (0, 1)
            for field, value in (
                ("current_type", "AC"),
                ("max_power_kw", "22.08"),
                ("connector", "IEC_62196_T2"),
                ("second_connector", ""),
            )
        },
    }
    form = {"name": name, "vendor": vendor, "model": model, "min_security_profile": "1", **rows}
    page = client.post(reverse("chargers:add_station_hardware"), form).content.decode()
    found = re.findall(r'<code id="station-(identity|key)">([^<]+)</code>', page)
    return dict(found)


def commission(identity: str, step: str, **told: str) -> int:
    """Press a button of the page; the status of the answer."""
    url = reverse(f"chargers:{step}", args=[_station(identity).pk])
    return _technician().post(url, told).status_code


def checklist(identity: str) -> Row:
    """Item → (state, text, notes)."""
    station = station_by_id(_station(identity).pk)
    assert station is not None
    return {
        check.key.value: [check.state.value, check.text, [note.text for note in check.notes]]
        for check in progress_of(station, now=utc_now()).checks
    }


def finished_run(identity: str) -> Row | None:
    fields = ("vendor", "model", "finished_by__email", "note")
    rows = Commissioning.objects.filter(station__identity=identity).exclude(finished_at=None)
    row: Row | None = rows.values(*fields).first()
    return row


def replace(identity: str, vendor: str, model: str) -> Row:
    """Another machine with one DC EVSE; its identity and key."""
    ccs = NewEvse(
        current_type=CurrentType.DC, max_power_w=180_000, connectors=(ConnectorType.CCS2,)
    )
    replaced = replace_hardware(
        station=_station(identity),
        evses=[ccs],
        vendor=vendor,
        model=model,
        actor=ACTOR,
        now=utc_now(),
    )
    return {"identity": replaced.station.identity, "key": replaced.key}


def history(station_id: str) -> Row:
    """What the station's page shows of all its machines."""
    station = ChargingStation.objects.get(pk=station_id)
    former = ReplacedHardware.objects.filter(station=station)
    sessions = Transaction.objects.filter(station=station).order_by("started_received_at")
    return {
        "code": station.code,
        "location": str(station.location_id),
        "make": f"{station.vendor} {station.model}",
        "protocol": station.protocol,
        "former": list(former.values_list("vendor", "model", "protocol")),
        "sessions": list(sessions.values_list("state", "energy_wh")),
        "warnings": [[one["code"] for one in row.warnings] for row in sessions],
    }


COMMISSIONING_ACTIONS = (
    add_by_wizard,
    commission,
    checklist,
    finished_run,
    replace,
    history,
)
