"""A large network for the portal: `python -m bench.seed_network <stations> <transactions>`.

Ninety days of ended sessions, some of them running, with readings, logs and hourly figures where
pages show them. Prints JSON: a user to log in as, and examples of every kind of object.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

import bench.django_setup  # noqa: F401 -- models need it
from accounts.models import ApiKey, IdToken, Membership, Operator, Role
from bench.bulk import UUID7, fast_load, insert_select
from bench.network_base import seed_base
from bench.network_hardware import hardware_examples, seed_hardware
from bench.network_logs import seed_figures, seed_logs
from bench.network_prices import price_examples, seed_prices
from bench.network_templates import seed_templates, template_examples
from chargers.domain.commands import COMMANDS
from chargers.models import MeterValue, OcppFrame, Transaction
from chargers.models.certificates import AuthorityPurpose
from common.clock import utc_now
from common.tenancy import operator_scope
from events.models import OutboxEvent

DAYS = 90
READINGS_A_SESSION = 60
SESSIONS_WITH_READINGS = 3_000
EXAMPLES = 20


def seed_network(stations: int, transactions: int, now: datetime) -> dict[str, Any]:
    """Fill an empty, migrated database; see the module's text."""
    operator = seed_base(stations, now)
    with fast_load(Transaction, MeterValue, OcppFrame, OutboxEvent):
        _number_places_and_tokens()
        _ended_sessions(operator, transactions, now)
        _running_sessions(operator)
        _readings()
        seed_logs(operator)
        seed_hardware(operator)
        seed_templates(operator)
        seed_prices(operator, now)
    seed_figures(operator, days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return _examples(operator)


def _number_places_and_tokens() -> None:
    """Temporary tables, so that a session's number alone says where and who."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE place AS
            SELECT row_number() OVER (ORDER BY s.identity, e.number) - 1 AS n, s.id AS station_id,
                   s.location_id, e.id AS evse_id, e.number AS evse_number, c.id AS connector_id,
                   e.max_power_w AS power_w
            FROM chargers_chargingstation s
            JOIN chargers_evse e ON e.station_id = s.id
            JOIN chargers_connector c ON c.evse_id = e.id AND c.number = 1;
            CREATE UNIQUE INDEX ON place (n);
            CREATE TEMPORARY TABLE token AS
            SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, uid, driver_id
            FROM accounts_idtoken;
            CREATE UNIQUE INDEX ON token (n);
            ANALYZE place; ANALYZE token;
            """
        )


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 -- our own text
        return int(cursor.fetchone()[0])


# Every session comes from a row `g` (n, at, length, wh) with its place `p` and token `k`.
_SESSION = {
    "id": UUID7.format(at="g.at", n="g.n"),
    "created_at": "g.at",
    "location_id": "p.location_id",
    "station_id": "p.station_id",
    "evse_id": "p.evse_id",
    "connector_id": "p.connector_id",
    "station_ref": "(1000000 + g.n)::text",
    "assigned_id": "1000000 + g.n",
    "id_token_id": "k.id",
    "id_token_uid": "k.uid",
    "id_token_type": "'ISO14443'",
    "driver_id": "k.driver_id",
    "authorization_status": "'Accepted'",
    "started_device_at": "g.at",
    "started_received_at": "g.at",
    "started_at": "g.at",
    "meter_start_wh": "100000",
    "energy_wh": "g.wh",
    "last_energy_wh": "100000 + g.wh",
    "max_power_w": "p.power_w",
}
_ENDED = {
    "state": "CASE WHEN g.n %% 1009 = 0 THEN 'provisional' ELSE 'ended' END",
    "stop_reason": "(ARRAY['Local', 'EVDisconnected', 'Remote'])[1 + g.n %% 3]",
    "ended_device_at": "g.at + g.length",
    "ended_received_at": "g.at + g.length",
    "ended_at": "g.at + g.length",
    "meter_stop_wh": "100000 + g.wh",
    "last_reading_at": "g.at + g.length",
    "needs_review": "g.n %% 2003 = 0",
}
_RUNNING = {
    "state": "'active'",
    "charging_state": "'Charging'",
    "last_reading_at": "now()",
    "power_w": "p.power_w",
    "soc_percent": "40 + p.n %% 50",
}


def _ended_sessions(operator: Operator, count: int, now: datetime) -> None:
    """Evenly over the days; the factors are primes, so that places and drivers mix."""
    source = """
        (SELECT n, %s::timestamptz + n * %s::interval AS at,
                interval '1 minute' * (20 + n * 37 %% 180) AS length,
                4000 + n * 7919 %% 41000 AS wh
         FROM generate_series(0::bigint, %s) AS n) g
        JOIN place p ON p.n = g.n * 7919 %% %s
        JOIN token k ON k.n = g.n * 104729 %% %s
    """
    span = timedelta(days=DAYS)
    numbers = (now - span, span / count, count - 1, _count("place"), _count("token"))
    columns = {"operator_id": f"'{operator.pk}'", **_SESSION, **_ENDED}
    insert_select(Transaction, source, columns, *numbers)


def _running_sessions(operator: Operator) -> None:
    """At every sixth place somebody charges now."""
    source = """
        (SELECT n + 1000000000 AS n, now() - interval '1 minute' * (3 + n %% 90) AS at, 5000 AS wh
         FROM place WHERE n %% 6 = 0) g
        JOIN place p ON p.n = g.n - 1000000000
        JOIN token k ON k.n = p.n
    """
    insert_select(Transaction, source, {"operator_id": f"'{operator.pk}'", **_SESSION, **_RUNNING})
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE chargers_evse e SET active_transaction_id = t.id
            FROM chargers_transaction t WHERE t.state = 'active' AND t.evse_id = e.id;
            UPDATE chargers_connector c SET status = 'Occupied', charging_state = 'Charging'
            FROM chargers_transaction t WHERE t.state = 'active' AND t.connector_id = c.id
            """
        )


def _readings() -> None:
    """Of the sessions that run and of the latest that have ended."""
    source = """
        (SELECT * FROM (SELECT * FROM chargers_transaction WHERE state <> 'active'
                        ORDER BY started_at DESC LIMIT %s) latest
         UNION ALL SELECT * FROM chargers_transaction WHERE state = 'active') t
        CROSS JOIN LATERAL (
            SELECT k, t.started_at + k * (coalesce(t.ended_at, now()) - t.started_at) / %s AS at
            FROM generate_series(1, %s) AS k) r
    """
    columns = {
        "operator_id": "t.operator_id",
        "station_id": "t.station_id",
        "transaction_id": "t.id",
        "evse_number": "1",
        "taken_at": "r.at",
        "device_at": "r.at",
        "received_at": "r.at",
        "digest": "r.k",
        "context": "'Sample.Periodic'",
        "energy_wh": f"100000 + t.energy_wh * r.k / {READINGS_A_SESSION}",
        "power_w": "11000 - r.k * 30",
        "current_l1_ma": "16000",
        "soc_percent": "20 + r.k",
    }
    numbers = (SESSIONS_WITH_READINGS, READINGS_A_SESSION, READINGS_A_SESSION)
    insert_select(MeterValue, source, columns, *numbers)


def _examples(operator: Operator) -> dict[str, Any]:
    """Objects to look at, by the part of an address that names them.

    The first stations are those with logs; half of the sessions still run.
    """
    with operator_scope(operator.pk):
        sessions = Transaction.objects.order_by("-id")
        half = EXAMPLES // 2
        rows: dict[str, Any] = {
            "station_id": operator.stations.order_by("identity")[:EXAMPLES],
            "transaction_id": [
                *sessions.filter(state="active")[:half],
                *sessions.exclude(state="active")[:half],
            ],
            "location_id": operator.locations.order_by("name")[:EXAMPLES],
            "drivers": operator.drivers.order_by("email")[:EXAMPLES],
            "tokens": IdToken.objects.order_by("uid")[:EXAMPLES],
            "users": Membership.objects.order_by("pk")[:EXAMPLES],
            "api-keys": ApiKey.objects.order_by("pk")[:EXAMPLES],
            **hardware_examples(EXAMPLES),
            **template_examples(EXAMPLES),
            **price_examples(EXAMPLES),
        }
        station = rows["station_id"][0]
        words = {
            "kind": sorted(COMMANDS),
            "purpose": [AuthorityPurpose.STATIONS.value],
            "ocpi": ["2.2.1", "2.3.0"],
            "vendor": [station.vendor],
            "model": [station.model],
        }
        admin = Membership.objects.filter(role=Role.ADMIN).order_by("pk")[0]
        examples = {name: [str(row.pk) for row in found] for name, found in rows.items()}
    return {"user": str(admin.user_id), "examples": {**examples, **words}}


if __name__ == "__main__":
    print(json.dumps(seed_network(int(sys.argv[1]), int(sys.argv[2]), utc_now())))
