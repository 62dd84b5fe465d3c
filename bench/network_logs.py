"""Logs of some stations, and the figures that the dashboard reads."""

from __future__ import annotations

import bench.django_setup  # noqa: F401 -- models need it
from accounts.models import AuditEntry, Operator
from bench.bulk import UUID7, insert_select
from chargers.events import StationConnected
from chargers.models import OcppFrame, StationCommand, StationConnection, StationVariable
from events.models import OutboxEvent
from operations.models import HourlyFigures, NetworkSample

STATIONS_WITH_LOGS = 400
AUDIT_ENTRIES = 50_000
_AT = "now() - k * interval '10 minutes'"
_FINE_DAYS = 8


def seed_logs(operator: Operator) -> None:
    """Frames, connections, events, commands and variables of the first stations; audit entries."""
    own = {"operator_id": f"'{operator.pk}'", "station_id": "p.station_id"}
    frame = {
        "epoch": "1",
        "at": _AT,
        "direction": "'in'",
        "action": "'Heartbeat'",
        "message_id": "k::text",
        "raw": """'[2,"' || k || '","Heartbeat",{}]'""",
        "reply": """'[3,"' || k || '",{}]'""",
        "replied_at": _AT,
    }
    insert_select(OcppFrame, _each(300), {**own, **frame})
    connection = {
        "epoch": "k",
        "protocol": "'ocpp1.6'",
        "server": "'bench'",
        "opened_at": "now() - k * interval '1 hour'",
        "closed_at": "now() - (k - 1) * interval '1 hour'",
    }
    insert_select(StationConnection, _each(30), {**own, **connection})
    event = {
        "operator_id": f"'{operator.pk}'",
        "kind": f"'{StationConnected.kind}'",
        "subject_type": f"'{StationConnected.subject_type}'",
        "subject_id": "p.station_id",
        "payload": """'{"epoch": 1, "protocol": "ocpp1.6", "took_over": false}'::jsonb""",
        "occurred_at": _AT,
        "dispatched_at": _AT,
    }
    insert_select(OutboxEvent, _each(200), event)
    command = {
        "id": UUID7.format(at=_AT, n="p.n * 1000 + k"),
        "kind": "'reset'",
        "arguments": """'{"type": "Immediate"}'::jsonb""",
        "status": "'accepted'",
        "requested_at": _AT,
        "deadline_at": _AT,
        "finished_at": _AT,
    }
    insert_select(StationCommand, _each(20), {**own, **command})
    variable = {"name": "'Key' || k", "value": "k::text", "reported_at": "now()"}
    insert_select(StationVariable, _each(80), {**own, **variable})
    entry = {
        "operator_id": f"'{operator.pk}'",
        "at": _AT,
        "actor_label": "'Ada Admin'",
        "action": "'station.changed'",
        "object_type": "'station'",
        "object_id": "k::text",
        "object_label": "'Station ' || k",
    }
    insert_select(AuditEntry, f"generate_series({AUDIT_ENTRIES}, 1, -1) k", entry)


def _each(rows: int) -> str:
    """So many rows a station, the oldest first, as they would have been written."""
    wanted = f"evse_number = 1 AND n < {STATIONS_WITH_LOGS}"
    stations = f"(SELECT * FROM place WHERE {wanted}) p"  # noqa: S608 -- our own text
    return f"{stations}, generate_series({rows}, 1, -1) k"


def seed_figures(operator: Operator, *, days: int) -> None:
    """A sample a minute for eight days and a quarter of an hour before; hours of all days."""
    sample = {
        "operator_id": f"'{operator.pk}'",
        "at": "k",
        "ac_power_w": "3000000 + 1000000 * sin(extract(epoch FROM k) / 13750)",
        "dc_power_w": "9000000 + 4000000 * sin(extract(epoch FROM k) / 13750)",
        "active_sessions": "1500",
        "stations": "10000",
        "online": "9500",
        "connectors": "12000",
        "in_use": "1600",
        "operative": "11000",
    }
    fine = f"date_trunc('hour', now()) - interval '{_FINE_DAYS} days'"
    start = f"date_trunc('hour', now()) - interval '{days} days'"
    quarter = "interval '15 minutes'"
    insert_select(
        NetworkSample, f"generate_series({start}, {fine} - {quarter}, {quarter}) k", sample
    )
    insert_select(NetworkSample, f"generate_series({fine}, now(), interval '1 minute') k", sample)
    hours = """
        (SELECT date_trunc('hour', ended_at) AS hour, sum(energy_wh) AS wh, count(*) AS sessions
         FROM chargers_transaction WHERE ended_at <= now() GROUP BY 1) h
    """
    figures = {
        "operator_id": f"'{operator.pk}'",
        "hour": "h.hour",
        "energy_wh": "h.wh",
        "sessions": "h.sessions",
        "ac_power_w": "3000000",
        "dc_power_w": "9000000",
        "uptime_ppm": "985000",
    }
    insert_select(HourlyFigures, hours, figures)
