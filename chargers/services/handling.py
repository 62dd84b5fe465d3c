"""One message in, one result out: the table from what a station says to the service that decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from chargers.domain import messages
from chargers.domain.context import StationContext
from chargers.domain.messages import Message, MeterValues, TransactionEvent
from chargers.domain.results import Acknowledged, Result
from chargers.domain.vocabulary import TransactionEventType
from chargers.services import boot, payments, reports
from chargers.services.authorization import answer_authorize
from chargers.services.certificates import contracts
from chargers.services.certificates.requests import receive_request
from chargers.services.charging import reports as charging
from chargers.services.data_transfer import answer_data_transfer
from chargers.services.device_model.events import record_event
from chargers.services.device_model.monitors import record_monitoring_report
from chargers.services.device_model.reports import record_report
from chargers.services.display.board import record_display_messages
from chargers.services.maintenance import reports as maintenance
from chargers.services.meter_values import ReadingsItem, store_readings
from chargers.services.reservations.ending import record_reservation_update
from chargers.services.security_events import record_security_event
from chargers.services.status import record_status
from chargers.services.transactions.progress import update_transaction
from chargers.services.transactions.start import start_transaction
from chargers.services.transactions.stop import end_transaction

__all__ = ["StationContext", "handle"]


class Service(Protocol):
    def __call__(
        self, message: Any, /, *, station: StationContext, received_at: datetime
    ) -> Result: ...


def handle(message: Message, *, station: StationContext, received_at: datetime) -> Result:
    """Let the message's service decide, inside the caller's transaction and scope.

    Args:
        message: in neutral words.
        station: who said it; every look-up is limited to this station.
        received_at: when we received it, aware UTC.
    """
    return _SERVICES[type(message)](message, station=station, received_at=received_at)


def _handle_transaction_event(
    message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> Result:
    service = _TRANSACTION_SERVICES[message.event_type]
    return service(message, station=station, received_at=received_at)


def _handle_meter_values(
    message: MeterValues, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    item = ReadingsItem(
        station=station,
        evse=message.evse,
        transaction_ref=message.transaction_ref,
        readings=message.readings,
        received_at=received_at,
    )
    store_readings([item])
    return Acknowledged()


_TRANSACTION_SERVICES: Mapping[TransactionEventType, Service] = {
    TransactionEventType.STARTED: start_transaction,
    TransactionEventType.UPDATED: update_transaction,
    TransactionEventType.ENDED: end_transaction,
}

_SERVICES: Mapping[type[Message], Service] = {
    messages.BootNotification: boot.record_boot,
    messages.Heartbeat: boot.answer_heartbeat,
    messages.StatusNotification: record_status,
    messages.Authorize: answer_authorize,
    messages.TransactionEvent: _handle_transaction_event,
    messages.MeterValues: _handle_meter_values,
    messages.DataTransfer: answer_data_transfer,
    messages.FirmwareStatusNotification: maintenance.record_firmware_status,
    messages.PublishFirmwareStatusNotification: maintenance.record_publication_status,
    messages.LogStatusNotification: maintenance.record_log_status,
    messages.NotifyCustomerInformation: maintenance.record_customer_information,
    messages.NotifyDisplayMessages: record_display_messages,
    messages.NotifySettlement: payments.record_settlement,
    messages.VatNumberValidation: payments.validate_vat_number,
    messages.NotifyWebPaymentStarted: payments.record_web_payment,
    messages.NotifyDerAlarm: reports.record_der_alarm,
    messages.NotifyDerStartStop: reports.record_der_start_stop,
    messages.SecurityEventNotification: record_security_event,
    messages.NotifyReport: record_report,
    messages.NotifyMonitoringReport: record_monitoring_report,
    messages.NotifyEvent: record_event,
    messages.ReservationStatusUpdate: record_reservation_update,
    messages.SignCertificate: receive_request,
    messages.GetEvCertificate: contracts.answer_ev_certificate,
    messages.GetCertificateStatus: contracts.answer_status,
    messages.GetCertificateChainStatus: contracts.answer_chain_status,
    messages.NotifyEVChargingNeeds: charging.record_needs,
    messages.NotifyEVChargingSchedule: charging.record_ev_schedule,
    messages.NotifyChargingLimit: charging.record_charging_limit,
    messages.ClearedChargingLimit: charging.clear_charging_limit,
    messages.ReportChargingProfiles: charging.record_profiles,
    messages.NotifyPriorityCharging: charging.record_priority,
    messages.PullDynamicScheduleUpdate: charging.answer_dynamic_schedule,
}
