"""Configuration templates: two that every station has to do with, and a large roll-out."""

from __future__ import annotations

import json
from typing import Any

import bench.django_setup  # noqa: F401 -- models need it
from accounts.models import Operator
from bench.bulk import UUID7, insert_select
from chargers.models import (
    ConfigurationCheck,
    ConfigurationRollout,
    ConfigurationTemplate,
    RolloutStation,
    TemplateDrift,
)

TEMPLATES = 20
WITH_EVERY_STATION = 2
ROLLOUT_STATIONS = 2_000
_ITEM = {
    "name": "sample_interval",
    "value": "30",
    "attribute": "Actual",
    "comparison": "auto",
}
_DIFFERS = {
    "name": "sample_interval",
    "own": "MeterValueSampleInterval",
    "attribute": "Actual",
    "state": "differs",
    "want": "30",
    "have": "60",
}
_RESULT = {**_DIFFERS, "result": "applied", "word": "Accepted"}


def _json(value: Any) -> str:
    return f"'{json.dumps(value)}'::jsonb"


def seed_templates(operator: Operator) -> None:
    """Fill the tables of templates, of what differs from them, and of a roll-out."""
    own = {"operator_id": f"'{operator.pk}'"}
    template = {
        **own,
        "id": UUID7.format(at="now()", n="k"),
        "name": "'Template ' || lpad(k::text, 2, '0')",
        "items": _json([_ITEM]),
        "is_enforced": "k = 1",
        "created_at": "now()",
        "changed_at": "now()",
    }
    insert_select(ConfigurationTemplate, f"generate_series(1, {TEMPLATES}) k", template)
    stations = "(SELECT * FROM place WHERE evse_number = 1) p"
    checked = {**own, "station_id": "p.station_id", "checked_at": "now()"}
    insert_select(ConfigurationCheck, stations, checked)
    large = f"""
        (SELECT id, row_number() OVER (ORDER BY name) AS k FROM chargers_configurationtemplate
         WHERE operator_id = '{operator.pk}') t
    """  # noqa: S608 -- our own text
    differs = "p.n %% 10 = 0"
    drift = {
        **own,
        "template_id": "t.id",
        "station_id": "p.station_id",
        "step": f"CASE WHEN {differs} THEN 'differs' ELSE 'in_step' END",
        "total": "1",
        "differing": f"CASE WHEN {differs} THEN 1 ELSE 0 END",
        "items": f"CASE WHEN {differs} THEN {_json([_DIFFERS])} ELSE '[]'::jsonb END",
        "drifted_at": f"CASE WHEN {differs} THEN now() END",
        "in_step_at": "now() - interval '1 day'",
        "changed_at": "now()",
    }
    insert_select(TemplateDrift, f"{stations}, {large} WHERE t.k <= {WITH_EVERY_STATION}", drift)
    rollout = {
        **own,
        "id": UUID7.format(at="now()", n="t.k"),
        "template_id": "t.id",
        "template_name": "'Template ' || t.k",
        "items": _json([_ITEM]),
        "stations_total": str(ROLLOUT_STATIONS),
        "status": "CASE WHEN t.k = 1 THEN 'running' ELSE 'done' END",
        "created_at": "now() - interval '1 hour'",
        "expires_at": "now() + interval '7 days'",
        "finished_at": "CASE WHEN t.k > 1 THEN now() END",
    }
    insert_select(ConfigurationRollout, large, rollout)
    row = {
        **own,
        "rollout_id": "r.id",
        "station_id": "p.station_id",
        "state": "(ARRAY['applied', 'applied', 'rejected', 'waiting'])[1 + p.n %% 4]",
        "results": _json([_RESULT]),
        "next_at": "now() + interval '1 day'",
        "changed_at": "now()",
    }
    latest = "(SELECT id FROM chargers_configurationrollout WHERE status = 'running') r"
    source = f"{stations}, {latest} WHERE p.n < {ROLLOUT_STATIONS}"
    insert_select(RolloutStation, source, row)


def template_examples(count: int) -> dict[str, Any]:
    """The large ones first. Needs a scope."""
    return {
        "template_id": ConfigurationTemplate.objects.order_by("name")[:count],
        "rollout_id": ConfigurationRollout.objects.order_by("-status", "id")[:count],
    }
