"""A day of ended sessions, priced: `python -m bench.priced_day <step> <sessions>`.

Steps, each a process of its own on the same database: `seed` writes sessions of 20 readings with
their locked tariffs, `make` prices them as the sweep does, `again` prices the stored records,
`readings` prices the sessions by their rows. Each prints JSON: counts, CPU seconds, and one digest
over all digests.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import bench.django_setup  # noqa: F401 -- models need it
from accounts.models import Operator
from bench.bulk import UUID7, insert_select
from bench.network_base import seed_base
from billing.models import Cdr
from billing.services.cdrs import make_cdrs
from billing.services.repricing import check_readings, check_stored
from chargers.models import Evse, MeterValue, Transaction
from common.tenancy import system_scope
from tariffs.models import PinnedTariff, Tariff, TariffVersion

DAY = datetime(2026, 3, 14, tzinfo=UTC)
NOW = DAY + timedelta(days=2)
STATIONS = 1000
READINGS = 20
_MINUTES = 60
_CHUNK = 500


def _component(kind: str, price: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "price": price, "vat": "21", **more}


def _terms(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"currency": "EUR", "tax_included": False, "elements": list(elements), **more}


def _element(*components: dict[str, Any], **restrictions: Any) -> dict[str, Any]:
    element: dict[str, Any] = {"price_components": list(components)}
    return {**element, "restrictions": restrictions} if restrictions else element


# From the plainest to what a large operator sells: day and night, fees, grace, steps, caps.
TARIFFS = (
    _terms(_element(_component("ENERGY", "0.49"))),
    _terms(
        _element(_component("ENERGY", "0.29"), start_time="22:00", end_time="06:00"),
        _element(_component("ENERGY", "0.55")),
        _element(_component("PARKING_TIME", "6", per_seconds=3600), min_idle=900),
        caps=[{"type": "PARKING_TIME", "amount": "10", "per": "day"}],
    ),
    _terms(
        _element(_component("FLAT", "0.35")),
        _element(_component("ENERGY", "0.39", step_size=100), max_kwh="10"),
        _element(_component("ENERGY", "0.59", step_size=100)),
        min_price={"excl_vat": "0.5"},
    ),
    _terms(_element(_component("TIME", "0.1", per_seconds=60)), tax_included=True),
)


def seed(sessions: int) -> dict[str, Any]:
    operator = seed_base(STATIONS, DAY - timedelta(days=30))
    with system_scope("bench"):
        versions = [_version(operator, number, terms) for number, terms in enumerate(TARIFFS)]
        _sessions(operator, sessions)
        _pins(versions)
    return {"sessions": sessions}


def _version(operator: Operator, number: int, terms: dict[str, Any]) -> UUID:
    since = DAY - timedelta(days=20)
    tariff = Tariff.objects.create(
        operator=operator, name=f"Tariff {number}", currency="EUR", created_at=since
    )
    version = TariffVersion.objects.create(
        operator=operator, tariff=tariff, number=1, terms=terms, valid_from=since, created_at=since
    )
    return version.pk


def _sessions(operator: Operator, sessions: int) -> None:
    start = f"'{DAY.isoformat()}'::timestamptz + n * interval '86400 seconds' / {sessions}"
    end = f"{start} + interval '{_MINUTES} minutes'"
    source = f"""
        generate_series(0, {sessions} - 1) AS n
        JOIN (SELECT e.id, e.station_id, s.location_id,
                     row_number() OVER (ORDER BY e.id) - 1 AS place
              FROM {Evse._meta.db_table} e JOIN chargers_chargingstation s ON s.id = e.station_id) p
        ON p.place = n %% (SELECT count(*) FROM {Evse._meta.db_table})
    """  # noqa: S608 -- our own text
    energy = "6000 + n %% 12000"
    insert_select(
        Transaction,
        source,
        {
            "id": UUID7.format(at=start, n="n").replace("%", "%%"),
            "operator_id": f"'{operator.pk}'::uuid",
            "location_id": "p.location_id",
            "station_id": "p.station_id",
            "evse_id": "p.id",
            "station_ref": "n::text",
            "state": "'ended'",
            "started_at": start,
            "started_received_at": start,
            "created_at": start,
            "ended_at": end,
            "ended_received_at": end,
            "meter_start_wh": "1000",
            "meter_stop_wh": f"1000 + {energy}",
            "energy_wh": energy,
        },
    )
    _readings()


def _readings() -> None:
    """One every three minutes; the last quarter of the hour the vehicle is full."""
    at = f"t.started_at + k * interval '{_MINUTES * 60 // READINGS} seconds'"
    charged = f"least(k, {READINGS * 3 // 4})"
    insert_select(
        MeterValue,
        f"{Transaction._meta.db_table} t, generate_series(1, {READINGS}) AS k",
        {
            "operator_id": "t.operator_id",
            "station_id": "t.station_id",
            "transaction_id": "t.id",
            "evse_number": "1",
            "taken_at": at,
            "device_at": at,
            "received_at": at,
            "digest": "k",
            "context": "'Sample.Periodic'",
            "energy_wh": f"1000 + t.energy_wh * {charged} / {READINGS * 3 // 4}",
            "power_w": f"CASE WHEN k <= {READINGS * 3 // 4} THEN 9000 + k * 17 ELSE 0 END",
        },
    )


def _pins(versions: list[UUID]) -> None:
    keys = ", ".join(f"'{key}'::uuid" for key in versions)
    insert_select(
        PinnedTariff,
        f"{Transaction._meta.db_table} t",
        {
            "transaction_id": "t.id",
            "operator_id": "t.operator_id",
            "version_id": f"(ARRAY[{keys}])[1 + t.station_ref::int %% {len(versions)}]",
            "resolved_for": "t.started_at",
            # Plug and customer, as `tariffs.services.pinning` notes them; nobody in particular.
            "resolved_from": "t.evse_id::text || ' '",
            "locked_at": "t.started_at",
            "time_zone": "'Europe/Amsterdam'",
        },
    )


def make() -> dict[str, Any]:
    with system_scope("bench"):
        keys = list(Transaction.objects.order_by("ended_at", "pk").values_list("pk", flat=True))
        begin = time.process_time()
        made = [
            len(make_cdrs(transaction_ids=chunk, now=NOW).written)
            for chunk in _chunks(keys, _CHUNK)
        ]
        used = time.process_time() - begin
        unpriced = Cdr.objects.filter(gross_minor=None).count()
        return {"count": sum(made), "cpu": used, "digest": _all_digests(), "unpriced": unpriced}


def _chunks(keys: list[UUID], size: int) -> Iterator[list[UUID]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _all_digests() -> str:
    rows = Cdr.objects.order_by("transaction_id", "version").values_list("digest", flat=True)
    return hashlib.sha256("".join(rows).encode()).hexdigest()


def again() -> dict[str, Any]:
    return _checked(lambda: check_stored(since=DAY, until=NOW))


def readings() -> dict[str, Any]:
    return _checked(lambda: check_readings(since=DAY, until=NOW, now=NOW))


def _checked(check: Callable[[], Any]) -> dict[str, Any]:
    with system_scope("bench"):
        begin = time.process_time()
        found = check()
        return {
            "count": found.checked,
            "equal": found.equal,
            "cpu": time.process_time() - begin,
            "digest": _all_digests(),
        }


def main() -> None:
    name, sessions = sys.argv[1], int(sys.argv[2])
    steps: dict[str, Callable[[], dict[str, Any]]] = {
        "seed": lambda: seed(sessions),
        "make": make,
        "again": again,
        "readings": readings,
    }
    print(json.dumps(steps[name]()))


if __name__ == "__main__":
    main()
