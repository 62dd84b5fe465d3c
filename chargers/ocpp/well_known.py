"""Settings that every version has under another name: data, and the way from one name to the other.

Sources: OCPP 1.6 section 9 (configuration keys), 2.0.1 part 2 appendices, referenced components and
variables. Pure: no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from chargers.domain.characteristics import Characteristics, DataType
from chargers.domain.variables import is_variable_name


class Family(StrEnum):
    """How a station's settings are named."""

    KEYS = "keys"
    VARIABLES = "variables"


class Topic(StrEnum):
    """Under which heading people look for a setting."""

    CONNECTION = "Connection"
    METERING = "Metering"
    CHARGING = "Charging"
    ACCESS = "Access"
    STATION = "Station"


_KEYS_PROTOCOL = "ocpp1.6"


def family_of(protocol: str) -> Family | None:
    """By the subprotocol of the last connection; None before the first one."""
    if not protocol:
        return None
    return Family.KEYS if protocol == _KEYS_PROTOCOL else Family.VARIABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting under one name.

    Attributes:
        id: ours, in templates and the API.
        label, help: for people.
        key: 1.6 configuration key, empty where 1.6 has none.
        variable: 2.x `Component.Variable`, empty where 2.x has none.
    """

    id: str
    topic: Topic
    label: str
    help: str
    key: str = ""
    variable: str = ""
    characteristics: Characteristics

    def name_in(self, family: Family) -> str:
        return self.key if family is Family.KEYS else self.variable


MEASURANDS = (
    "Energy.Active.Import.Register",
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Interval",
    "Power.Active.Import",
    "Power.Active.Export",
    "Power.Offered",
    "Power.Factor",
    "Current.Import",
    "Current.Export",
    "Current.Offered",
    "Voltage",
    "Frequency",
    "SoC",
)


def _seconds(minimum: int = 0, maximum: int | None = None) -> Characteristics:
    high = None if maximum is None else Decimal(maximum)
    return Characteristics(
        data_type=DataType.INTEGER, unit="s", minimum=Decimal(minimum), maximum=high
    )


_FLAG = Characteristics(data_type=DataType.BOOLEAN)
_COUNT = Characteristics(data_type=DataType.INTEGER, minimum=Decimal(0))
# Which measurands there are is the station's own affair, also phases and vendors' words.
_MEASURANDS = Characteristics(data_type=DataType.MEMBER_LIST)

SETTINGS: tuple[Setting, ...] = (
    Setting(
        id="heartbeat_interval",
        topic=Topic.CONNECTION,
        label="Heartbeat interval",
        help="How often the station says that it is there when it has nothing else to say.",
        key="HeartbeatInterval",
        variable="OCPPCommCtrlr.HeartbeatInterval",
        characteristics=_seconds(),
    ),
    Setting(
        id="websocket_ping_interval",
        topic=Topic.CONNECTION,
        label="Ping interval",
        help="How often the station tests its connection; keeps mobile networks from closing it. 0: never.",
        key="WebSocketPingInterval",
        variable="OCPPCommCtrlr.WebSocketPingInterval",
        characteristics=_seconds(),
    ),
    Setting(
        id="offline_threshold",
        topic=Topic.CONNECTION,
        label="Offline threshold",
        help="After this long without connection the station reports its whole status again.",
        variable="OCPPCommCtrlr.OfflineThreshold",
        characteristics=_seconds(),
    ),
    Setting(
        id="minimum_status_duration",
        topic=Topic.CONNECTION,
        label="Minimum status duration",
        help="A status that changes sooner is not reported.",
        key="MinimumStatusDuration",
        characteristics=_seconds(),
    ),
    Setting(
        id="message_attempts",
        topic=Topic.CONNECTION,
        label="Attempts of a session message",
        help="How often the station tries to deliver a message about a session.",
        key="TransactionMessageAttempts",
        variable="OCPPCommCtrlr.MessageAttempts[TransactionEvent]",
        characteristics=_COUNT,
    ),
    Setting(
        id="message_retry_interval",
        topic=Topic.CONNECTION,
        label="Wait between attempts",
        help="How long the station waits before it tries again.",
        key="TransactionMessageRetryInterval",
        variable="OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]",
        characteristics=_seconds(),
    ),
    Setting(
        id="sample_interval",
        topic=Topic.METERING,
        label="Reading interval",
        help="How often a session's meter is read and sent. 0: never.",
        key="MeterValueSampleInterval",
        variable="SampledDataCtrlr.TxUpdatedInterval",
        characteristics=_seconds(),
    ),
    Setting(
        id="sampled_measurands",
        topic=Topic.METERING,
        label="What is read",
        help="Which values every reading of a session holds.",
        key="MeterValuesSampledData",
        variable="SampledDataCtrlr.TxUpdatedMeasurands",
        characteristics=_MEASURANDS,
    ),
    Setting(
        id="stop_measurands",
        topic=Topic.METERING,
        label="What is read at the end",
        help="Which values the end of a session holds.",
        key="StopTxnSampledData",
        variable="SampledDataCtrlr.TxEndedMeasurands",
        characteristics=_MEASURANDS,
    ),
    Setting(
        id="aligned_interval",
        topic=Topic.METERING,
        label="Clock-aligned interval",
        help="How often the meter is read by the clock, session or not. 0: never.",
        key="ClockAlignedDataInterval",
        variable="AlignedDataCtrlr.Interval",
        characteristics=_seconds(),
    ),
    Setting(
        id="aligned_measurands",
        topic=Topic.METERING,
        label="What is read by the clock",
        help="Which values a clock-aligned reading holds.",
        key="MeterValuesAlignedData",
        variable="AlignedDataCtrlr.Measurands",
        characteristics=_MEASURANDS,
    ),
    Setting(
        id="connection_timeout",
        topic=Topic.CHARGING,
        label="Time to plug in",
        help="How long a driver who was let in has to connect the cable.",
        key="ConnectionTimeOut",
        variable="TxCtrlr.EVConnectionTimeOut",
        characteristics=_seconds(),
    ),
    Setting(
        id="stop_on_disconnect",
        topic=Topic.CHARGING,
        label="End when unplugged at the car",
        help="On: pulling the plug at the car ends the session. Off: it only pauses.",
        key="StopTransactionOnEVSideDisconnect",
        variable="TxCtrlr.StopTxOnEVSideDisconnect",
        characteristics=_FLAG,
    ),
    Setting(
        id="unlock_on_disconnect",
        topic=Topic.CHARGING,
        label="Unlock when unplugged at the car",
        help="On: the station releases its end of the cable, too.",
        key="UnlockConnectorOnEVSideDisconnect",
        variable="OCPPCommCtrlr.UnlockOnEVSideDisconnect",
        characteristics=_FLAG,
    ),
    Setting(
        id="stop_on_invalid",
        topic=Topic.CHARGING,
        label="End when the token turns out invalid",
        help="On: a session that began offline ends once its token is refused.",
        key="StopTransactionOnInvalidId",
        variable="TxCtrlr.StopTxOnInvalidId",
        characteristics=_FLAG,
    ),
    Setting(
        id="max_energy_on_invalid",
        topic=Topic.CHARGING,
        label="Energy for an invalid token",
        help="How much such a session may still draw.",
        key="MaxEnergyOnInvalidId",
        variable="TxCtrlr.MaxEnergyOnInvalidId",
        characteristics=Characteristics(data_type=DataType.INTEGER, unit="Wh", minimum=Decimal(0)),
    ),
    Setting(
        id="authorize_remote",
        topic=Topic.ACCESS,
        label="Check tokens of remote starts",
        help="On: the station asks about the token of a remote start as if a driver had shown it.",
        key="AuthorizeRemoteTxRequests",
        variable="AuthCtrlr.AuthorizeRemoteStart",
        characteristics=_FLAG,
    ),
    Setting(
        id="local_pre_authorize",
        topic=Topic.ACCESS,
        label="Start known tokens at once",
        help="On: a token in the local list or cache starts before the back office has answered.",
        key="LocalPreAuthorize",
        variable="AuthCtrlr.LocalPreAuthorize",
        characteristics=_FLAG,
    ),
    Setting(
        id="local_authorize_offline",
        topic=Topic.ACCESS,
        label="Known tokens while offline",
        help="On: without connection, tokens in the local list or cache may charge.",
        key="LocalAuthorizeOffline",
        variable="AuthCtrlr.LocalAuthorizeOffline",
        characteristics=_FLAG,
    ),
    Setting(
        id="allow_offline_unknown",
        topic=Topic.ACCESS,
        label="Unknown tokens while offline",
        help="On: without connection, every token may charge.",
        key="AllowOfflineTxForUnknownId",
        variable="AuthCtrlr.OfflineTxForUnknownIdEnabled",
        characteristics=_FLAG,
    ),
    Setting(
        id="local_list_enabled",
        topic=Topic.ACCESS,
        label="Local list",
        help="On: the station uses the list of tokens that it was given.",
        key="LocalAuthListEnabled",
        variable="LocalAuthListCtrlr.Enabled",
        characteristics=_FLAG,
    ),
    Setting(
        id="cache_enabled",
        topic=Topic.ACCESS,
        label="Cache of tokens",
        help="On: the station remembers tokens that were accepted.",
        key="AuthorizationCacheEnabled",
        variable="AuthCacheCtrlr.Enabled",
        characteristics=_FLAG,
    ),
    Setting(
        id="reset_retries",
        topic=Topic.STATION,
        label="Attempts to restart",
        help="How often the station tries again when a restart did not succeed.",
        key="ResetRetries",
        variable="OCPPCommCtrlr.ResetRetries",
        characteristics=_COUNT,
    ),
    Setting(
        id="light_intensity",
        topic=Topic.STATION,
        label="Brightness",
        help="Of the station's lights.",
        key="LightIntensity",
        characteristics=Characteristics(
            data_type=DataType.INTEGER, unit="%", minimum=Decimal(0), maximum=Decimal(100)
        ),
    ),
)

BY_ID = {setting.id: setting for setting in SETTINGS}
_BY_NAME = {
    family: {name: setting for setting in SETTINGS if (name := setting.name_in(family))}
    for family in Family
}


class Asking(StrEnum):
    """Messages of several items; the values are the instances of the variables that limit them."""

    READ = "GetVariables"
    WRITE = "SetVariables"
    REPORT = "GetReport"
    WATCH = "SetVariableMonitoring"
    FORGET = "ClearVariableMonitoring"


_MONITORING = (Asking.WATCH, Asking.FORGET)
# Of a station that does not tell; small enough for every one that we know of.
DEFAULT_ITEMS = {
    Asking.READ: 40,
    Asking.WRITE: 20,
    Asking.REPORT: 20,
    Asking.WATCH: 20,
    Asking.FORGET: 20,
}


def limit_name(asking: Asking, family: Family) -> str:
    """The variable by which a station tells how many items such a message may hold; "" for none."""
    if family is Family.KEYS:
        return "GetConfigurationMaxKeys" if asking in {Asking.READ, Asking.REPORT} else ""
    component = "MonitoringCtrlr" if asking in _MONITORING else "DeviceDataCtrlr"
    return f"{component}.ItemsPerMessage[{asking.value}]"


def setting_of(name: str, family: Family) -> Setting | None:
    """The well-known setting that a station's own name means."""
    return _BY_NAME[family].get(name)


def own_name(name: str, family: Family) -> str:
    """A neutral id or a station's own name as the station calls it; "" when it has no such thing."""
    setting = BY_ID.get(name)
    return name if setting is None else setting.name_in(family)


def may_have(name: str, family: Family) -> bool:
    """Whether a station of this family can have something of this name, by its form alone."""
    return is_variable_name(name) if family is Family.VARIABLES else "." not in name


def sets_several(family: Family) -> bool:
    """Whether one message can set several values."""
    return family is Family.VARIABLES
