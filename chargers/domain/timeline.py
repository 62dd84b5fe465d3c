"""Events as sentences for the timeline of a station or a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chargers.domain.device_events import severity_words

Payload = Mapping[str, Any]

_ODDITIES = {
    "untrusted_clock": "The station's clock could not be trusted",
    "start_repeated": "The start was repeated without a usable time",
    "start_missing": "The start never arrived",
    "unauthorised": "Charging although not authorised",
    "no_token": "Energy flowed without any token",
    "superseded": "Ended by rule: the next transaction started here",
    "offline_too_long": "Ended by rule: the station stayed offline",
    "forgotten_after_boot": "Ended by rule: the station restarted and shows a free connector",
    "hardware_replaced": "Ended by rule: the hardware was replaced",
    "orphan": "A stop arrived for a transaction that was never started",
    "second_stop": "A second, different stop arrived",
    "stop_before_start": "The stop lies before the start",
    "missing_events": "Some events never arrived",
    "reserved_for_other": "The place was reserved for somebody else",
    "energy_negative": "The meter ran backwards",
    "energy_implausible": "The meter claims more than the station can deliver",
    "energy_from_samples": "Energy was taken from samples",
    "energy_unknown": "There is no usable meter reading",
    "energy_disagrees": "Meter and samples disagree",
    "energy_after_stop": "Energy after the stop",
    "signed_values_wrong": "Signed meter values do not prove the session",
    "meter_key_changed": "The station brought another public key of its meter",
    "limit_not_obeyed": "At a limit, and the station does not stop",
    "no_tariff": "No tariff was found for it",
}
_COMMANDS = {
    "request_start_transaction": "Remote start",
    "request_stop_transaction": "Remote stop",
    "get_transaction_status": "Transaction status",
    "unlock_connector": "Unlock",
    "change_availability": "Change of availability",
    "trigger_message": "Trigger message",
    "clear_cache": "Clear cache",
    "send_local_list": "Update of the local list",
    "get_local_list_version": "Version of the local list",
    "reserve_now": "Reservation",
    "cancel_reservation": "Cancelling of a reservation",
    "get_variables": "Reading of variables",
    "set_variable": "Setting of a variable",
    "set_variables": "Setting of variables",
    "get_base_report": "Base report",
    "get_report": "Report",
    "set_variable_monitoring": "Setting of monitors",
    "clear_variable_monitoring": "Removal of monitors",
    "set_monitoring_base": "Set of monitors",
    "set_monitoring_level": "Level of monitoring",
    "get_monitoring_report": "Report of monitors",
    "get_log": "Log upload",
    "customer_information": "Customer information",
    "update_firmware": "Firmware update",
    "publish_firmware": "Publication of firmware",
    "unpublish_firmware": "Withdrawal of firmware",
    "set_display_message": "Display message",
    "get_display_messages": "Reading of the display",
    "clear_display_message": "Clearing of a display message",
    "show_cost": "Cost on the display",
    "show_tariff": "Tariff on the display",
    "set_default_tariff": "Default tariff",
    "get_tariffs": "Reading of tariffs",
    "clear_tariffs": "Clearing of tariffs",
    "change_transaction_tariff": "Change of a session's tariff",
    "set_charging_profile": "Charging profile",
    "clear_charging_profile": "Removal of charging profiles",
    "get_composite_schedule": "Composite schedule",
    "get_charging_profiles": "Reading of charging profiles",
    "use_priority_charging": "Priority charging",
    "update_dynamic_schedule": "New limit of a dynamic profile",
    "data_transfer": "Data transfer",
    "rotate_key": "New key",
    "set_network_profile": "Setting of a network profile",
    "custom": "Custom command",
    "certificate_signed": "Hand-over of a certificate",
    "install_certificate": "Installation of a root certificate",
    "delete_certificate": "Deletion of a certificate",
    "get_installed_certificate_ids": "Reading of installed certificates",
}


def sentence(kind: str, payload: Payload) -> str:
    """What happened, in one English sentence without a full stop.

    Args:
        kind: of the event, such as `chargers.station_booted`.
        payload: the event's own fields as stored.
    """
    write = _SENTENCES.get(kind)
    return write(payload) if write else _plain(kind)


def _plain(kind: str) -> str:
    return kind.rpartition(".")[2].replace("_", " ").capitalize()


def _because(payload: Payload, key: str = "reason") -> str:
    return f" ({payload[key]})" if payload.get(key) else ""


def _connected(payload: Payload) -> str:
    how = (
        "Reconnected, the older connection was closed" if payload.get("took_over") else "Connected"
    )
    return f"{how} ({payload.get('protocol', '')})"


def _disconnected(payload: Payload) -> str:
    return f"Disconnected{_because(payload)}"


def _booted(payload: Payload) -> str:
    version = payload.get("firmware_version")
    firmware = f", firmware {version}" if version else ""
    return f"Booted{_because(payload)}{firmware}"


def _commissioned(payload: Payload) -> str:
    by = f" by {payload['by']}" if payload.get("by") else ""
    missing = payload.get("open_items")
    return f"Commissioned{by}" + (f" without: {missing}" if missing else "")


def _status(payload: Payload) -> str:
    where = f"EVSE {payload.get('evse')}" if payload.get("evse") else "Station"
    error = payload.get("error_code", "")
    vendor = payload.get("vendor_error_code", "")
    details = " ".join(part for part in (error if error != "NoError" else "", vendor) if part)
    state = payload.get("charging_state") or payload.get("status", "")
    return f"{where} is {state}" + (f" ({details})" if details else "")


def _security(payload: Payload) -> str:
    return f"Security event {payload.get('event_type', '')}{_because(payload, 'tech_info')}"


_USES = {
    "ChargingStationCertificate": "client certificate",
    "V2GCertificate": "V2G certificate",
    "V2G20Certificate": "V2G certificate",
}


def _use(payload: Payload) -> str:
    return _USES.get(str(payload.get("use", "")), "certificate")


def _certificate_refused(payload: Payload) -> str:
    if payload.get("by_station"):
        return f"The station refused its new {_use(payload)}{_because(payload)}"
    return f"Request for a {_use(payload)} refused{_because(payload)}"


def _certificate_expiring(payload: Payload) -> str:
    days = int(payload.get("days", 0))
    if days == 0:
        return f"The {_use(payload)} has expired"
    return f"The {_use(payload)} expires within {days} days"


def _report(payload: Payload) -> str:
    return f"{str(payload.get('topic', '')).capitalize()}: {payload.get('status', '')}"


def _grid(payload: Payload) -> str:
    what = payload.get("fault") or payload.get("control_type", "")
    return f"Grid alarm {'over' if payload.get('ended') else 'raised'}: {what}"


def _stray(payload: Payload) -> str:
    return f"EVSE {payload.get('evse')} charges with {payload.get('power_w')} W and no session runs"


def _unassigned(payload: Payload) -> str:
    return f"EVSE {payload.get('evse')} counted {payload.get('energy_wh')} Wh between two sessions"


def _grid_control(payload: Payload) -> str:
    state = "began" if payload.get("started") else "ended"
    return f"Grid control {payload.get('control_id', '')} {state}"


def _settled(payload: Payload) -> str:
    return f"Payment terminal: {payload.get('status', '')} {payload.get('amount', '')}".rstrip()


def _web_payment(payload: Payload) -> str:
    return f"A driver pays for EVSE {payload.get('evse')} by its QR code"


def _needs(payload: Payload) -> str:
    return f"The vehicle at EVSE {payload.get('evse')} told what it wants to charge"


def _external_limit(payload: Payload) -> str:
    where = f" at EVSE {payload['evse']}" if payload.get("evse") else ""
    what = "is gone" if payload.get("cleared") else "was set"
    return f"A limit from outside{where} {what} ({payload.get('source', '')})"


def _report_finished(payload: Payload) -> str:
    states = {"complete": "complete", "incomplete": "pages are missing", "refused": "refused"}
    state = states.get(str(payload.get("state")), "")
    return f"Report {payload.get('report', '')}: {state}, {payload.get('items', 0)} entries"


def _drifted(payload: Payload) -> str:
    names = payload.get("names")
    what = f": {names}" if names else ""
    return f"No longer as the template “{payload.get('template', '')}” wants it{what}"


def _noticed(payload: Payload) -> str:
    where = f" at EVSE {payload['evse']}" if payload.get("evse") else ""
    if payload.get("cleared"):
        return f"{payload.get('name', '')}{where} is well again"
    word = severity_words(payload.get("severity"))
    told = f"{word}: " if word else ""
    return f"{told}{payload.get('name', '')}{where} is {payload.get('value', '')}" + _because(
        payload, "tech_code"
    )


def _started(payload: Payload) -> str:
    where = f" at EVSE {payload['evse']}" if payload.get("evse") else ""
    refused = payload.get("authorization_status")
    outcome = f", token {refused}" if refused not in ("", None, "Accepted") else ""
    return f"Transaction started{where}{outcome}"


def _ended(payload: Payload) -> str:
    energy = f"{int(payload.get('energy_wh', 0)) / 1000:.1f} kWh"
    if payload.get("provisional"):
        return f"Transaction ended provisionally, {energy}"
    return f"Transaction ended, {energy}{_because(payload, 'stop_reason')}"


def _flagged(payload: Payload) -> str:
    code = str(payload.get("code", ""))
    return _ODDITIES.get(code, _plain(code)) + _because(payload, "detail")


def _reservation(payload: Payload) -> str:
    where = f" at EVSE {payload['evse']}" if payload.get("evse") else ""
    status = str(payload.get("status", ""))
    return f"Reservation {payload.get('number')}{where}: {status}{_because(payload, 'note')}"


def _command(payload: Payload) -> str:
    kind = str(payload.get("command", ""))
    status = str(payload.get("status", "")).replace("_", " ")
    return f"{_COMMANDS.get(kind, _plain(kind))}: {status}"


_SENTENCES: dict[str, Callable[[Payload], str]] = {
    "chargers.station_connected": _connected,
    "chargers.station_disconnected": _disconnected,
    "chargers.station_booted": _booted,
    "chargers.station_commissioned": _commissioned,
    "chargers.connector_status_changed": _status,
    "chargers.security_event_reported": _security,
    "chargers.status_reported": _report,
    "chargers.grid_alarm_reported": _grid,
    "chargers.grid_control_changed": _grid_control,
    "chargers.energy_without_session": _stray,
    "chargers.energy_unassigned": _unassigned,
    "chargers.settlement_reported": _settled,
    "chargers.web_payment_started": _web_payment,
    "chargers.certificate_requested": lambda payload: f"Asked for a {_use(payload)}",
    "chargers.certificate_refused": _certificate_refused,
    "chargers.certificate_issued": lambda payload: f"A {_use(payload)} was issued",
    "chargers.certificate_installed": lambda payload: f"The new {_use(payload)} is installed",
    "chargers.certificate_revoked": lambda payload: (
        f"The {_use(payload)} was revoked{_because(payload)}"
    ),
    "chargers.certificate_expiring": _certificate_expiring,
    "chargers.charging_needs_reported": _needs,
    "chargers.external_limit_changed": _external_limit,
    "chargers.report_finished": _report_finished,
    "chargers.device_event_reported": _noticed,
    "chargers.configuration_drifted": _drifted,
    "chargers.transaction_started": _started,
    "chargers.transaction_ended": _ended,
    "chargers.readings_came_late": lambda _: "Readings came after the end",
    "chargers.transaction_flagged": _flagged,
    "chargers.reservation_changed": _reservation,
    "chargers.command_finished": _command,
}
