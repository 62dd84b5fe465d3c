"""Device model of an OCPP 2.0.1 station: table of variables, reading, writing and reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from chargers.simulator.commands import CommandDesk
from chargers.simulator.local_list import MAX_ENTRIES, MAX_PER_MESSAGE
from chargers.simulator.neutral import Json
from chargers.simulator.settings import parse_setting, show_setting

PAGE = 8  # variables in one NotifyReport


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


def _number(default: str = "", *, setting: str | None = None, unit: str = "") -> Variable:
    return Variable(default, data_type="integer", setting=setting, unit=unit)


def _flag(default: str = "", *, setting: str | None = None) -> Variable:
    return Variable(default, data_type="boolean", setting=setting)


def _fixed(default: str, data_type: str = "string") -> Variable:
    return Variable(default, "ReadOnly", data_type)


MEASURANDS = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC"

ENTRIES = Name("LocalAuthListCtrlr", "Entries")
VARIABLES: dict[Name, Variable] = {
    Name("AuthCacheCtrlr", "Enabled"): _flag(setting="cache_enabled"),
    Name("AuthCtrlr", "AuthorizeRemoteStart"): _flag(setting="authorize_remote"),
    Name("AuthCtrlr", "Enabled"): _flag("true"),
    Name("AuthCtrlr", "LocalAuthorizeOffline"): _flag(setting="local_authorize_offline"),
    Name("AuthCtrlr", "LocalPreAuthorize"): _flag(setting="local_pre_authorize"),
    Name("AuthCtrlr", "OfflineTxForUnknownIdEnabled"): _flag(setting="allow_offline_unknown"),
    Name("ClockCtrlr", "TimeSource"): Variable("Heartbeat", data_type="SequenceList"),
    Name("DeviceDataCtrlr", "ItemsPerMessage", "GetReport"): _fixed("8", "integer"),
    Name("DeviceDataCtrlr", "ItemsPerMessage", "GetVariables"): _fixed("50", "integer"),
    Name("LocalAuthListCtrlr", "Enabled"): _flag(setting="local_list_enabled"),
    ENTRIES: Variable("0", "ReadOnly", "integer", limit=MAX_ENTRIES),
    Name("LocalAuthListCtrlr", "ItemsPerMessage"): _fixed(str(MAX_PER_MESSAGE), "integer"),
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
COMPONENTS = {name.component for name in VARIABLES} | {"ChargingStation", "EVSE", "Connector"}


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
        for known, variable, value in self.inventory(desk):
            if known == name:
                return (
                    ("Rejected", "") if variable.mutability == "WriteOnly" else ("Accepted", value)
                )
        return _unknown(name), ""

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
        for evse in desk.model.evses:
            power = str(evse.spec.max_power_w)
            yield Name("EVSE", "Power", evse=evse.number), _fixed(power, "decimal")
            available = "true" if evse.operative else "false"
            yield Name("EVSE", "Available", evse=evse.number), _fixed(available, "boolean")
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
    characteristics: Json = {"dataType": variable.data_type, "supportsMonitoring": False}
    if variable.unit:
        characteristics["unit"] = variable.unit
    if variable.limit is not None:
        characteristics["maxLimit"] = variable.limit
    return {
        **encode_name(name),
        "variableAttribute": [attribute],
        "variableCharacteristics": characteristics,
    }


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
