"""What pages about the hardware list: keys, certificates, lists, reservations, displays, jobs.

Large where a network of 10,000 stations has it large: a certificate, a list, faults and security
events of every station, a hundred thousand reservations. Runs inside `bench.seed_network`, whose
temporary tables `place` and `token` say where and who.
"""

from __future__ import annotations

import json
from typing import Any

import bench.django_setup  # noqa: F401 -- models need it
from accounts.models import Operator
from bench.bulk import UUID7, insert_select
from chargers.domain.charging_profiles import (
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Schedule,
)
from chargers.models import ChargingProfile as ChargingProfileRow
from chargers.models import (
    DeviceEvent,
    DisplayMessage,
    FailedHandshake,
    FirmwareUpdate,
    ForgivenFault,
    LocalList,
    LogUpload,
    MeterPublicKey,
    OperatorAuthority,
    QuirkRule,
    Reservation,
    SecurityEvent,
    SessionMeterCheck,
    SignedMeterValue,
    SigningRequest,
    StationCertificate,
    StationImport,
    Transaction,
    TrustedRoot,
    VariableMonitor,
)
from chargers.models.certificates import AuthorityPurpose
from chargers.services.station_import.planning import ADDED

RESERVATIONS = 100_000
RULES = 40
IMPORTED = 2_000
STRANGERS = 20
_SIGNED_SESSIONS = 3_000
_AT = "now() - k * interval '10 minutes'"
_LIMIT = ChargingProfile(
    purpose=ProfilePurpose.TX_DEFAULT,
    kind=ProfileKind.ABSOLUTE,
    schedules=(Schedule(unit=RateUnit.AMPS, periods=(Period(start_seconds=0, limit=16.0),)),),
)


def seed_hardware(operator: Operator) -> None:
    """Fill every table of the pages about hardware."""
    own = {"operator_id": f"'{operator.pk}'"}
    _security(own)
    _certificates(own)
    _access(own)
    _displays_and_jobs(own)
    _signed_values(own)
    _quirks(own)
    _device_model(own)
    _imports(own)


def _each_station(rows: int) -> str:
    return f"(SELECT * FROM place WHERE evse_number = 1) p, generate_series({rows}, 1, -1) k"  # noqa: S608 -- our own text


def _security(own: dict[str, str]) -> None:
    station = {**own, "station_id": "p.station_id"}
    event = {
        "type": "(ARRAY['SettingSystemTime', 'InvalidMessages', 'TamperDetectionActivated'])"
        "[1 + k %% 3]",
        "needs_attention": "(p.n + k) %% 500 = 0",
        "received_at": _AT,
        "last_at": _AT,
    }
    insert_select(SecurityEvent, _each_station(10), {**station, **event})
    refused = {"fault": "'wrong_key'", "count": "k", "first_at": _AT, "last_at": "now()"}
    insert_select(
        FailedHandshake, f"{_each_station(1)} WHERE p.n %% 10 = 0", {**station, **refused}
    )


def _certificates(own: dict[str, str]) -> None:
    station = {**own, "station_id": "p.station_id", "id": UUID7.format(at=_AT, n="p.n * 10 + k")}
    certificate = {
        "use": "'ChargingStationCertificate'",
        "serial_number": "to_hex(p.n * 10 + k)",
        "subject": "'CN=station ' || p.n",
        "issuer": "'CN=Bench sub CA'",
        "fingerprint": "md5('a' || p.n * 10 + k) || md5('b' || p.n * 10 + k)",
        "not_before": "now() - interval '100 days'",
        "not_after": "now() + interval '1 day' * (p.n %% 400 - 10)",
        "status": "'installed'",
        "created_at": _AT,
    }
    insert_select(StationCertificate, _each_station(2), {**station, **certificate})
    request = {
        "use": "'ChargingStationCertificate'",
        "csr_fingerprint": "md5('a' || p.n) || md5('b' || p.n)",
        "state": "CASE WHEN p.n %% 200 = 0 THEN 'pending' ELSE 'installed' END",
        "times_received": "1",
        "received_at": _AT,
    }
    insert_select(SigningRequest, _each_station(1), {**station, **request})
    authority = {
        **own,
        "id": UUID7.format(at="now()", n="k"),
        "purpose": f"'{AuthorityPurpose.STATIONS.value}'",
        "not_after": "now() + interval '9 years'",
        "created_at": "now()",
    }
    insert_select(OperatorAuthority, "generate_series(1, 1) k", authority)
    root = {
        **own,
        "id": UUID7.format(at="now()", n="k"),
        "use": "'CSMSRootCertificate'",
        "name": "'Root ' || k",
        "fingerprint": "md5('a' || k) || md5('b' || k)",
        "not_before": "now() - interval '1 year'",
        "not_after": "now() + interval '9 years'",
        "created_at": "now()",
    }
    insert_select(TrustedRoot, "generate_series(1, 8) k", root)


def _access(own: dict[str, str]) -> None:
    held = {
        "is_managed": "true",
        "state": "CASE WHEN p.n %% 50 = 0 THEN 'failed' ELSE 'in_step' END",
        "version": "7",
        "sent_version": "7",
        "entry_count": "500",
        "verified_at": "now()",
        "synced_at": "now()",
    }
    insert_select(LocalList, _each_station(1), {**own, "station_id": "p.station_id", **held})
    # One in four places is kept now; the others were.
    reserved = {
        **own,
        "id": UUID7.format(at="now() - g.n * interval '1 minute'", n="g.n"),
        "created_at": "now() - g.n * interval '1 minute'",
        "station_id": "p.station_id",
        "evse_id": "p.evse_id",
        "number": "1000 + g.n",
        "id_token_id": "t.id",
        "id_token_uid": "t.uid",
        "id_token_type": "'ISO14443'",
        "driver_id": "t.driver_id",
        "expires_at": "now() + interval '1 hour' - g.n * interval '1 minute'",
        "status": "CASE WHEN g.n < 25 THEN 'accepted' ELSE 'expired' END",
    }
    source = f"""
        generate_series(0::bigint, {RESERVATIONS - 1}) AS g(n)
        JOIN place p ON p.n = g.n * 7919 %% (SELECT count(*) FROM place)
        JOIN token t ON t.n = g.n * 104729 %% (SELECT count(*) FROM token)
    """  # noqa: S608 -- our own text
    insert_select(Reservation, source, reserved)


def _displays_and_jobs(own: dict[str, str]) -> None:
    station = {**own, "station_id": "p.station_id"}
    numbered = {**station, "id": UUID7.format(at=_AT, n="p.n * 100 + k")}
    shown = {
        "number": "k",
        "priority": "'NormalCycle'",
        "format": "'UTF8'",
        "content": "'Welcome to station ' || p.n",
        "status": "'shown'",
        "changed_at": _AT,
    }
    insert_select(DisplayMessage, _each_station(3), {**numbered, **shown})
    job = {
        "request_id": "k",
        "state": "'succeeded'",
        "status": "'Installed'",
        "requested_at": _AT,
        "url": "'https://files.example/image-' || k",
    }
    insert_select(FirmwareUpdate, _each_station(5), {**numbered, **job})
    insert_select(LogUpload, _each_station(5), {**numbered, **job, "log_type": "'DiagnosticsLog'"})
    profile = {
        "profile_id": "k",
        "purpose": f"'{_LIMIT.purpose}'",
        "stack_level": "k",
        "content": f"'{json.dumps(_LIMIT.to_json())}'::jsonb",
        "status": "'installed'",
        "requested_at": _AT,
    }
    insert_select(ChargingProfileRow, _each_station(3), {**station, **profile})


def _signed_values(own: dict[str, str]) -> None:
    key = {
        **own,
        "station_id": "p.station_id",
        "evse_number": "1",
        "key": "'3059301306072A8648CE3D020106082A8648CE3D030107034200'",
        "fingerprint": "md5('a' || p.n) || md5('b' || p.n)",
        "algorithm": "'secp256r1'",
        "source": "'staff'",
        "first_seen_at": _AT,
    }
    insert_select(MeterPublicKey, _each_station(1), key)
    latest = f"""
        (SELECT * FROM chargers_transaction WHERE state = 'ended'
         ORDER BY started_at DESC LIMIT {_SIGNED_SESSIONS}) t
    """  # noqa: S608 -- our own text
    value = {
        **own,
        "station_id": "t.station_id",
        "transaction_id": "t.id",
        "evse_number": "1",
        "received_at": "t.ended_at",
        "raw": """'OCMF|{"FV":"1.0"}|{"SD":"00"}'""",
        "digest": "md5('a' || t.id || k) || md5('b' || t.id || k)",
        "encoding_method": "'OCMF'",
        "status": "'valid'",
        "energy_wh": "k * 10000",
    }
    insert_select(SignedMeterValue, f"{latest}, generate_series(1, 2) k", value)
    check = {
        **own,
        "transaction_id": "t.id",
        "token": "md5('c' || t.id)",
        "verdict": "'valid'",
        "energy_wh": "10000",
        "checked_at": "t.ended_at",
    }
    insert_select(SessionMeterCheck, latest, check)


def _quirks(own: dict[str, str]) -> None:
    fault = {
        **own,
        "station_id": "p.station_id",
        "kind": "(ARRAY['wrong_type', 'unknown_field', 'length', 'format'])[k]",
        "action": "'StatusNotification'",
        "occurrences": "k * 100",
        "first_at": "now() - interval '30 days'",
        "last_at": _AT,
    }
    insert_select(ForgivenFault, _each_station(4), fault)
    rule = {
        **own,
        "id": UUID7.format(at="now()", n="k"),
        "created_at": "now()",
        "vendor": "'Vendor ' || k",
        "model": "'*'",
    }
    insert_select(QuirkRule, f"generate_series(1, {RULES}) k", rule)


def _device_model(own: dict[str, str]) -> None:
    station = {**own, "station_id": "p.station_id"}
    monitor = {
        "number": "k",
        "name": "'Controller.Temperature' || k",
        "type": "'UpperThreshold'",
        "value": "80",
        "severity": "k",
        "is_ours": "true",
        "reported_at": "now()",
    }
    insert_select(VariableMonitor, _each_station(6), {**station, **monitor})
    event = {
        "event_id": "k",
        "generated_at": _AT,
        "occurred_at": _AT,
        "received_at": _AT,
        "name": "'Controller.Temperature'",
        "value": "'81.5'",
        "needs_attention": "k = 1 AND p.n %% 200 = 0",
    }
    insert_select(DeviceEvent, _each_station(10), {**station, **event})


def _imports(own: dict[str, str]) -> None:
    """A long file in each: the page of one shows its rows."""
    line = {
        "name": "Station",
        "code": "",
        "outcome": ADDED,
        "changes": ["name"],
        "faults": [],
        "typed_key": False,
        "station": None,
    }
    rows = json.dumps([{"row": number, **line} for number in range(2, IMPORTED + 2)])
    imported = {
        **own,
        "id": UUID7.format(at="now() - k * interval '1 day'", n="k"),
        "file_name": "'stations-' || k || '.csv'",
        "status": "'checked'",
        "lines": "'[]'::jsonb",
        "report": f"'{rows}'::jsonb",
        "counts": f"""'{{"{ADDED}": {IMPORTED}}}'::jsonb""",
        "rows_total": str(IMPORTED),
        "created_at": "now() - k * interval '1 day'",
    }
    insert_select(StationImport, "generate_series(30, 1, -1) k", imported)


def strangers() -> list[Transaction]:
    """Sessions of vehicles that nobody knows, made of some that have ended."""
    found = list(Transaction.objects.filter(state="ended").order_by("-id")[:STRANGERS])
    for number, session in enumerate(found):
        session.id_token = None
        session.id_token_uid, session.id_token_type = f"VID:AABBCCDD{number:04X}", "MacAddress"
    Transaction.objects.bulk_update(found, ["id_token", "id_token_uid", "id_token_type"])
    return found


def hardware_examples(count: int) -> dict[str, Any]:
    """Rows by the parameter, or by the page, that wants them. Needs a scope."""
    signed = SessionMeterCheck.objects.select_related("transaction")[:count]
    return {
        "key_id": MeterPublicKey.objects.order_by("station__identity")[:count],
        "reservation_id": Reservation.objects.order_by("-id")[:count],
        "event_id": DeviceEvent.objects.order_by("station__identity", "-id")[: count * 10 : 10],
        "import_id": StationImport.objects.order_by("-id")[:count],
        "rule_id": QuirkRule.objects.order_by("vendor")[:count],
        "chargers:signed_values_file": [check.transaction for check in signed],
        "chargers:bind_vehicle": strangers(),
    }
