"""The route table of OCPP 2.1: 2.0.1's, checked by 2.1's schemas, and what is new."""

from __future__ import annotations

from chargers.domain import commands as neutral
from chargers.ocpp.codec import Codec, inbound, outbound
from chargers.ocpp.schema import Checker
from chargers.ocpp.v21 import (
    get_15118_ev_certificate,
    get_certificate_chain_status,
    notify_der_alarm,
    notify_der_start_stop,
    notify_ev_charging_needs,
    notify_priority_charging,
    notify_settlement,
    notify_web_payment_started,
    open_periodic_event_stream,
    pull_dynamic_schedule_update,
    vat_number_validation,
)
from chargers.ocpp.v21.commands import (
    certificate_signed,
    change_transaction_tariff,
    clear_tariffs,
    get_installed_certificate_ids,
    get_tariffs,
    set_default_tariff,
    update_dynamic_schedule,
    use_priority_charging,
)
from chargers.ocpp.v201 import acknowledged
from chargers.ocpp.v201 import routes as v201

INBOUND = {
    **v201.INBOUND,
    "NotifyDERAlarm": inbound(notify_der_alarm),
    "NotifyDERStartStop": inbound(notify_der_start_stop),
    "NotifySettlement": inbound(notify_settlement),
    "NotifyWebPaymentStarted": inbound(notify_web_payment_started),
    "ReportDERControl": inbound(acknowledged),
    "VatNumberValidation": inbound(vat_number_validation),
    "Get15118EVCertificate": inbound(get_15118_ev_certificate),
    "GetCertificateChainStatus": inbound(get_certificate_chain_status),
    "NotifyEVChargingNeeds": inbound(notify_ev_charging_needs),
    "NotifyPriorityCharging": inbound(notify_priority_charging),
    "PullDynamicScheduleUpdate": inbound(pull_dynamic_schedule_update),
    "OpenPeriodicEventStream": inbound(open_periodic_event_stream),
    "ClosePeriodicEventStream": inbound(acknowledged),
    "NotifyPeriodicEventStream": inbound(acknowledged),
    "BatterySwap": inbound(acknowledged),
}

OUTBOUND = {
    **v201.OUTBOUND,
    neutral.SetDefaultTariff.kind: outbound("SetDefaultTariff", set_default_tariff),
    neutral.GetTariffs.kind: outbound("GetTariffs", get_tariffs),
    neutral.ClearTariffs.kind: outbound("ClearTariffs", clear_tariffs),
    neutral.ChangeTransactionTariff.kind: outbound(
        "ChangeTransactionTariff", change_transaction_tariff
    ),
    neutral.CertificateSigned.kind: outbound("CertificateSigned", certificate_signed),
    neutral.GetInstalledCertificateIds.kind: outbound(
        "GetInstalledCertificateIds", get_installed_certificate_ids
    ),
    neutral.UsePriorityCharging.kind: outbound("UsePriorityCharging", use_priority_charging),
    neutral.UpdateDynamicSchedule.kind: outbound("UpdateDynamicSchedule", update_dynamic_schedule),
}

# A SEND (frame type 6) has no answer, so its schema is called by the action alone.
_SENDS = frozenset({"NotifyPeriodicEventStream"})

CODEC = Codec(
    subprotocol="ocpp2.1",
    checker=Checker(folder="v21", request_suffix="Request", sends=_SENDS),
    inbound=INBOUND,
    outbound=OUTBOUND,
    unsupported=v201.UNSUPPORTED,
    has_send=True,
)
