"""The route table of OCPP 2.1: 2.0.1's, checked by 2.1's schemas."""

from __future__ import annotations

from chargers.ocpp.codec import Codec
from chargers.ocpp.schema import Checker
from chargers.ocpp.v201 import routes as v201

UNSUPPORTED = v201.UNSUPPORTED | {
    "BatterySwap",
    "ClosePeriodicEventStream",
    "GetCertificateChainStatus",
    "NotifyDERAlarm",
    "NotifyDERStartStop",
    "NotifyPeriodicEventStream",
    "NotifyPriorityCharging",
    "NotifySettlement",
    "NotifyWebPaymentStarted",
    "OpenPeriodicEventStream",
    "PullDynamicScheduleUpdate",
    "ReportDERControl",
    "VatNumberValidation",
}

CODEC = Codec(
    subprotocol="ocpp2.1",
    checker=Checker(folder="v21", request_suffix="Request"),
    inbound=v201.INBOUND,
    outbound=v201.OUTBOUND,
    unsupported=UNSUPPORTED,
    has_send=True,
)
