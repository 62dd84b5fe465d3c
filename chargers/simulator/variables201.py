"""Device model of an OCPP 2.0.1 station: table of variables, reading, writing and reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from chargers.simulator.commands import CommandDesk
from chargers.simulator.local_list import MAX_ENTRIES, MAX_PER_MESSAGE
from chargers.simulator.neutral import Json, Raw
from chargers.simulator.settings import parse_setting, show_setting
from chargers.simulator.wire import CommandError, stamp

PAGE = 8  # variables in one NotifyReport
# How many items one message may hold; the station says so itself.
MAX_ITEMS = {
    "GetReport": 4,
    "GetVariables": 20,
    "SetVariables": 10,
    "SetVariableMonitoring": 4,
    "ClearVariableMonitoring": 4,
}


class Name(NamedTuple):
    """Identity of a variable; EVSE and connector 0 mean none."""

    component: str
    variable: str
    instance: str = ""
    evse: int = 0
    connector: int = 0


class Variable(NamedTuple):
    """One row of the table; `setting` names what it configures."""

    default: str = ""
    mutability: str = "ReadWrite"
    data_type: str = "string"
    setting: str | None = None
    unit: str = ""
    reboot: bool = False
    limit: int | None = None
    monitored: bool = False


def _number(default: str = "", *, setting: str | None = None, unit: str = "") -> Variable:
    return Variable(default, data_type="integer", setting=setting, unit=unit)


def _flag(default: str = "", *, setting: str | None = None) -> Variable:
    return Variable(default, data_type="boolean", setting=setting)


def _fixed(default: str, data_type: str = "string") -> Variable:
    return Variable(default, "ReadOnly", data_type)


def _measured(default: str, data_type: str, unit: str = "") -> Variable:
    return Variable(default, "ReadOnly", data_type, unit=unit, monitored=True)


def _items(component: str, action: str) -> tuple[Name, Variable]:
    return Name(component, "ItemsPerMessage", action), _fixed(str(MAX_ITEMS[action]), "integer")


MEASURANDS = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC"

ENTRIES = Name("LocalAuthListCtrlr", "Entries")
TEMPERATURE = Name("TemperatureSensor", "Temperature")
VARIABLES: dict[Name, Variable] = {
    Name("AuthCacheCtrlr", "Enabled"): _flag(setting="cache_enabled"),
    Name("AuthCtrlr", "AuthorizeRemoteStart"): _flag(setting="authorize_remote"),
    Name("AuthCtrlr", "Enabled"): _flag("true"),
    Name("AuthCtrlr", "LocalAuthorizeOffline"): _flag(setting="local_authorize_offline"),
    Name("AuthCtrlr", "LocalPreAuthorize"): _flag(setting="local_pre_authorize"),
    Name("AuthCtrlr", "OfflineTxForUnknownIdEnabled"): _flag(setting="allow_offline_unknown"),
    Name("ClockCtrlr", "TimeSource"): Variable("Heartbeat", data_type="SequenceList"),
    **dict(
        _items("DeviceDataCtrlr", action)
        for action in ("GetReport", "GetVariables", "SetVariables")
    ),
    Name("LocalAuthListCtrlr", "Enabled"): _flag(setting="local_list_enabled"),
    ENTRIES: Variable("0", "ReadOnly", "integer", limit=MAX_ENTRIES),
    Name("LocalAuthListCtrlr", "ItemsPerMessage"): _fixed(str(MAX_PER_MESSAGE), "integer"),
    Name("MonitoringCtrlr", "Available"): _fixed("true", "boolean"),
    Name("MonitoringCtrlr", "Enabled"): _flag("true"),
    **dict(
        _items("MonitoringCtrlr", action)
        for action in ("SetVariableMonitoring", "ClearVariableMonitoring")
    ),
    Name("OCPPCommCtrlr", "HeartbeatInterval"): _number(setting="heartbeat_interval", unit="s"),
    Name("OCPPCommCtrlr", "MessageAttemptInterval", "TransactionEvent"): _number(
        setting="message_retry_interval", unit="s"
    ),
    Name("OCPPCommCtrlr", "MessageAttempts", "TransactionEvent"): _number(
        setting="message_attempts"
    ),
    Name("OCPPCommCtrlr", "MessageTimeout", "Default"): _fixed("30", "integer"),
    Name("OCPPCommCtrlr", "NetworkConfigurationPriority"): Variable("1", reboot=True),
    Name("OCPPCommCtrlr", "OfflineThreshold"): _number("60", unit="s"),
    Name("OCPPCommCtrlr", "WebSocketPingInterval"): _number("0", unit="s"),
    Name("ReservationCtrlr", "Enabled"): _flag("true"),
    Name("ReservationCtrlr", "NonEvseSpecific"): _fixed("true", "boolean"),
    Name("SampledDataCtrlr", "TxEndedMeasurands"): Variable(MEASURANDS, data_type="MemberList"),
    Name("SampledDataCtrlr", "TxStartedMeasurands"): Variable(MEASURANDS, data_type="MemberList"),
    Name("SampledDataCtrlr", "TxUpdatedInterval"): _number(setting="sample_interval", unit="s"),
    Name("SampledDataCtrlr", "TxUpdatedMeasurands"): Variable(MEASURANDS, data_type="MemberList"),
    Name("SecurityCtrlr", "BasicAuthPassword"): Variable(mutability="WriteOnly"),
    Name("SecurityCtrlr", "OrganizationName"): Variable(""),
    Name("SecurityCtrlr", "SecurityProfile"): _fixed("1", "integer"),
    Name("SmartChargingCtrlr", "Enabled"): _flag("true"),
    Name("DisplayMessageCtrlr", "Available"): _fixed("true", "boolean"),
    Name("TariffCostCtrlr", "Available", "Cost"): _fixed("true", "boolean"),
    Name("TxCtrlr", "EVConnectionTimeOut"): _number(setting="connection_timeout", unit="s"),
    Name("TxCtrlr", "StopTxOnEVSideDisconnect"): _flag(setting="stop_on_disconnect"),
    Name("TxCtrlr", "StopTxOnInvalidId"): _flag(setting="stop_on_invalid"),
    Name("TxCtrlr", "TxStartPoint"): _fixed("PowerPathClosed", "MemberList"),
    Name("TxCtrlr", "TxStopPoint"): _fixed("Authorized,EVConnected", "MemberList"),
}
PASSWORD = Name("SecurityCtrlr", "BasicAuthPassword")
COMPONENTS = {name.component for name in VARIABLES} | {
    *("ChargingStation", "EVSE", "Connector", TEMPERATURE.component)
}


@dataclass(slots=True)
class VariableStore:
    """The values of one station; only what differs from the table is kept."""

    values: dict[Name, str] = field(default_factory=dict)

    def inventory(self, desk: CommandDesk) -> Iterator[tuple[Name, Variable, str]]:
        """Iterate over every variable with its present value."""
        for name, variable in VARIABLES.items():
            yield name, variable, self._value(name, variable, desk)
        for name, variable in self._hardware(desk):
            yield name, variable, variable.default

    def read(self, name: Name, desk: CommandDesk) -> tuple[str, str]:
        """Return the GetVariables status and the value."""
        variable = VARIABLES.get(name)
        if variable is not None:
            value = self._value(name, variable, desk)
        else:
            variable = next((row for known, row in self._hardware(desk) if known == name), None)
            value = variable.default if variable else ""
        if variable is None:
            return _unknown(name), ""
        return ("Rejected", "") if variable.mutability == "WriteOnly" else ("Accepted", value)

    def find(self, name: Name, desk: CommandDesk) -> Variable:
        """The row of a variable that is there."""
        return VARIABLES.get(name) or dict(self._hardware(desk))[name]

    def write(self, name: Name, value: str, desk: CommandDesk) -> str:
        """Set a variable; returns the SetVariables status."""
        variable = dict((*VARIABLES.items(), *self._hardware(desk))).get(name)
        if variable is None:
            return _unknown(name)
        if variable.mutability == "ReadOnly" or not _fits(variable.data_type, value):
            return "Rejected"
        if name == PASSWORD:
            desk.set_password(value)
        elif variable.setting:
            try:
                parsed = parse_setting(desk.model.settings, variable.setting, value)
            except ValueError:
                return "Rejected"
            setattr(desk.model.settings, variable.setting, parsed)
        else:
            self.values[name] = value
        return "RebootRequired" if variable.reboot else "Accepted"

    def _value(self, name: Name, variable: Variable, desk: CommandDesk) -> str:
        if variable.setting:
            return show_setting(desk.model.settings, variable.setting)
        if name == ENTRIES:
            return str(len(desk.local_list.entries))
        return self.values.get(name, variable.default)

    def _hardware(self, desk: CommandDesk) -> Iterator[tuple[Name, Variable]]:
        hardware, able = desk.model.hardware, desk.model.profiles.able
        smart = partial(Name, "SmartChargingCtrlr")
        yield smart("PeriodsPerSchedule"), _fixed(str(able.max_periods), "integer")
        yield smart("ProfileStackLevel"), _fixed(str(able.max_stack_level), "integer")
        yield smart("RateUnit"), _fixed(",".join(able.units), "MemberList")
        yield smart("Entries", "ChargingProfiles"), _fixed(str(able.max_profiles), "integer")
        yield Name("ChargingStation", "Model"), _fixed(hardware.name)
        yield Name("ChargingStation", "VendorName"), _fixed(hardware.vendor)
        yield Name("ChargingStation", "FirmwareVersion"), _fixed(desk.host.firmware)
        faults = [evse.fault is not None for evse in desk.model.evses]
        yield Name("ChargingStation", "Problem"), _measured(_bool(any(faults)), "boolean")
        for evse in desk.model.evses:
            power = str(evse.spec.max_power_w)
            yield Name("EVSE", "Power", evse=evse.number), _fixed(power, "decimal")
            available = _measured(_bool(evse.operative), "boolean")
            yield Name("EVSE", "Available", evse=evse.number), available
            problem = _measured(_bool(evse.fault is not None), "boolean")
            yield Name("EVSE", "Problem", evse=evse.number), problem
            heat = _measured(f"{evse.temperature_c:.1f}", "decimal", "Celsius")
            yield TEMPERATURE._replace(evse=evse.number), heat
            for n, kind in enumerate(evse.spec.connectors, start=1):
                name = Name("Connector", "ConnectorType", evse=evse.number, connector=n)
                yield name, _fixed(kind)


def decode_name(raw: Json) -> Name:
    """Read component and variable of a request."""
    component, variable = raw["component"], raw.get("variable") or {}
    evse = component.get("evse") or {}
    return Name(
        component["name"],
        variable.get("name", ""),
        variable.get("instance", ""),
        int(evse.get("id", 0)),
        int(evse.get("connectorId", 0)),
    )


def encode_name(name: Name) -> Json:
    """Write component and variable."""
    component: Json = {"name": name.component}
    if name.evse:
        component["evse"] = {"id": name.evse}
        if name.connector:
            component["evse"]["connectorId"] = name.connector
    variable: Json = {"name": name.variable}
    if name.instance:
        variable["instance"] = name.instance
    return {"component": component, "variable": variable}


def report_row(name: Name, variable: Variable, value: str) -> Json:
    """Write one variable of a NotifyReport."""
    attribute: Json = {"mutability": variable.mutability}
    if variable.mutability != "WriteOnly":
        attribute["value"] = value
    characteristics: Json = {
        "dataType": variable.data_type,
        "supportsMonitoring": variable.monitored,
    }
    if variable.unit:
        characteristics["unit"] = variable.unit
    if variable.limit is not None:
        characteristics["maxLimit"] = variable.limit
    return {
        **encode_name(name),
        "variableAttribute": [attribute],
        "variableCharacteristics": characteristics,
    }


def covers(wanted: Name, name: Name) -> bool:
    """Tell whether a request names a variable; what it leaves out matches anything."""
    return all(not asked or asked == own for asked, own in zip(wanted, name, strict=True))


def in_state(criteria: Iterable[str], values: dict[Name, str]) -> set[Name]:
    """Variables of the components that are in one of these states (B08).

    A component that says nothing counts as active, available and enabled, and without problem.
    """
    states = list(criteria)

    def fits(name: Name) -> bool:
        return any(
            values.get(name._replace(variable=state, instance=""), _bool(state != "Problem"))
            == "true"
            for state in states
        )

    return {name for name in values if fits(name)}


def check_items(action: str, count: int) -> None:
    """Refuse a message of more items than the station takes (B05.FR.11, B06.FR.16, N04.FR.09)."""
    if count > MAX_ITEMS[action]:
        raise CommandError("OccurrenceConstraintViolation", f"{count} > {MAX_ITEMS[action]}")


def send_pages(
    action: str, field_name: str, request_id: int, rows: list[Json], desk: CommandDesk
) -> Json:
    """Send rows in pages once the order is answered; the answer to it."""
    if not rows:
        return {"status": "EmptyResultSet"}
    generated_at = stamp(desk.model.device_time())
    pages = [rows[start : start + PAGE] for start in range(0, len(rows), PAGE)]
    desk.send_soon(
        [
            Raw(
                action,
                {
                    "requestId": request_id,
                    "generatedAt": generated_at,
                    "seqNo": n,
                    "tbc": n < len(pages) - 1,
                    field_name: page,
                },
            )
            for n, page in enumerate(pages)
        ]
    )
    return {"status": "Accepted"}


def _bool(value: bool) -> str:  # noqa: FBT001 -- the value itself
    return str(value).lower()


def _unknown(name: Name) -> str:
    return "UnknownVariable" if name.component in COMPONENTS else "UnknownComponent"


def _fits(data_type: str, value: str) -> bool:
    match data_type:
        case "integer":
            return value.isascii() and value.isdigit()
        case "boolean":
            return value.lower() in {"true", "false"}
        case _:
            return True
