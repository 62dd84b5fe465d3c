"""Configuration keys of an OCPP 1.6 station: table, reading and writing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from chargers.simulator.commands import CommandDesk
from chargers.simulator.local_list import MAX_ENTRIES, MAX_PER_MESSAGE
from chargers.simulator.profiles import Able
from chargers.simulator.settings import parse_setting, show_setting


class Key(NamedTuple):
    """A key; `setting` names what it configures, `kind` how a value is checked."""

    default: str = ""
    readonly: bool = False
    setting: str | None = None
    kind: str = "text"
    reboot: bool = False
    secret: bool = False


MEASURANDS = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC"
MAX_KEYS = 20
PROFILES = "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"

KEYS: dict[str, Key] = {
    "AllowOfflineTxForUnknownId": Key(setting="allow_offline_unknown"),
    "AuthorizationCacheEnabled": Key(setting="cache_enabled"),
    "AuthorizationKey": Key(secret=True),
    "AuthorizeRemoteTxRequests": Key(setting="authorize_remote"),
    "ChargeProfileMaxStackLevel": Key(readonly=True),
    "ChargingScheduleAllowedChargingRateUnit": Key(readonly=True),
    "ChargingScheduleMaxPeriods": Key(readonly=True),
    "ClockAlignedDataInterval": Key("0", kind="int"),
    "ConnectionTimeOut": Key(setting="connection_timeout"),
    "ConnectorPhaseRotation": Key("0.RST"),
    "CpoName": Key(""),
    "CustomDisplayCostAndPrice": Key("true", readonly=True),
    "GetConfigurationMaxKeys": Key(str(MAX_KEYS), readonly=True),
    "HeartbeatInterval": Key(setting="heartbeat_interval"),
    "LocalAuthListEnabled": Key(setting="local_list_enabled"),
    "LocalAuthListMaxLength": Key(str(MAX_ENTRIES), readonly=True),
    "LocalAuthorizeOffline": Key(setting="local_authorize_offline"),
    "LocalPreAuthorize": Key(setting="local_pre_authorize"),
    "MaxChargingProfilesInstalled": Key(readonly=True),
    "MeterValueSampleInterval": Key(setting="sample_interval"),
    "MeterValuesAlignedData": Key("Energy.Active.Import.Register"),
    "MeterValuesSampledData": Key(MEASURANDS),
    "NumberOfConnectors": Key(readonly=True),
    "ReserveConnectorZeroSupported": Key("true", readonly=True),
    "ResetRetries": Key("3", kind="int"),
    "SecurityProfile": Key("1", kind="int", reboot=True),
    "SendLocalListMaxLength": Key(str(MAX_PER_MESSAGE), readonly=True),
    "StopTransactionOnEVSideDisconnect": Key(setting="stop_on_disconnect"),
    "StopTransactionOnInvalidId": Key(setting="stop_on_invalid"),
    "StopTxnAlignedData": Key(""),
    "StopTxnSampledData": Key("Energy.Active.Import.Register"),
    "SupportedFeatureProfiles": Key(PROFILES, readonly=True),
    "TransactionMessageAttempts": Key(setting="message_attempts"),
    "TransactionMessageRetryInterval": Key(setting="message_retry_interval"),
    "UnlockConnectorOnEVSideDisconnect": Key("true", kind="bool"),
    "WebSocketPingInterval": Key("0", kind="int", reboot=True),
}


READABLE = {name: key for name, key in KEYS.items() if not key.secret}


@dataclass(slots=True)
class KeyStore:
    """The values of one station; only what differs from the table is kept."""

    values: dict[str, str] = field(default_factory=dict)

    def read(self, name: str, desk: CommandDesk) -> str:
        """Return the present value as text."""
        key = KEYS[name]
        if key.setting:
            return show_setting(desk.model.settings, key.setting)
        if name == "NumberOfConnectors":
            return str(len(desk.model.evses))
        fixed = _smart_charging(name, desk.model.profiles.able)
        return fixed or self.values.get(name, key.default)

    def write(self, name: str, value: str, desk: CommandDesk) -> str:
        """Set a key; returns the ChangeConfiguration status."""
        key = KEYS.get(name)
        if key is None:
            return "NotSupported"
        if key.readonly or not _fits(key.kind, value):
            return "Rejected"
        if key.secret:
            desk.set_password(value)
            return "Accepted"
        if key.setting:
            try:
                parsed = parse_setting(desk.model.settings, key.setting, value)
            except ValueError:
                return "Rejected"
            setattr(desk.model.settings, key.setting, parsed)
        else:
            self.values[name] = value
        return "RebootRequired" if key.reboot else "Accepted"


def _smart_charging(name: str, able: Able) -> str:
    """What the station can take, as it rejects the rest; "" for other keys."""
    match name:
        case "ChargeProfileMaxStackLevel":
            return str(able.max_stack_level)
        case "ChargingScheduleAllowedChargingRateUnit":
            return ",".join({"A": "Current", "W": "Power"}[unit] for unit in able.units)
        case "ChargingScheduleMaxPeriods":
            return str(able.max_periods)
        case "MaxChargingProfilesInstalled":
            return str(able.max_profiles)
        case _:
            return ""


def _fits(kind: str, value: str) -> bool:
    match kind:
        case "int":
            return value.isascii() and value.isdigit()
        case "bool":
            return value.lower() in {"true", "false"}
        case _:
            return True
