"""Costs and tariffs: 1.6 has no message for them, makes have their own DataTransfer (5.5)."""

from __future__ import annotations

from chargers.domain.commands import DataTransfer, Outcome, VendorText
from chargers.ocpp.errors import NotSupportedError
from chargers.ocpp.fields import Payload
from chargers.ocpp.v16.commands import data_transfer


def encode(command: VendorText) -> Payload:
    """The DataTransfer that the dialect of the make asks for.

    Raises:
        NotSupportedError: nobody knows the words of this make.
    """
    if not command.vendor_id:
        raise NotSupportedError("no words for the display of this make are known")
    return data_transfer.encode(_transfer(command))


def decode_outcome(command: VendorText, payload: Payload) -> Outcome:
    return data_transfer.decode_outcome(_transfer(command), payload)


def _transfer(command: VendorText) -> DataTransfer:
    return DataTransfer(
        vendor_id=command.vendor_id, message_id=command.vendor_message, data=command.vendor_data
    )
