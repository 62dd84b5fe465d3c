"""Messages on displays."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from chargers.api.actions.base import StationActionView
from chargers.domain.vocabulary import MessageFormat, MessagePriority, MessageState
from chargers.models import ChargingStation, DisplayMessage, StationCommand, Transaction
from chargers.services.display import requests
from common.api.serializers import BodySerializer
from common.clock import utc_now

STATES = [str(word) for word in MessageState]


class MessageBody(BodySerializer):
    content = serializers.CharField(max_length=512)
    priority = serializers.ChoiceField(
        [str(word) for word in MessagePriority], default=str(MessagePriority.NORMAL_CYCLE)
    )
    language = serializers.CharField(max_length=8, required=False, help_text="Such as en.")
    state = serializers.ChoiceField(
        STATES,
        required=False,
        help_text="Only while the station is in it; left out: always.",
    )
    starts_at = serializers.DateTimeField(required=False, help_text="Left out: at once.")
    ends_at = serializers.DateTimeField(required=False, help_text="Left out: until cleared.")


class ShowMessageBody(MessageBody):
    format = serializers.ChoiceField(
        [str(word) for word in MessageFormat], default=str(MessageFormat.UTF8)
    )
    transaction_id: Any = serializers.PrimaryKeyRelatedField(
        queryset=Transaction.objects,
        source="transaction",
        required=False,
        help_text="Only for the driver of this transaction, while it runs.",
    )
    replaces = serializers.IntegerField(
        min_value=0, required=False, help_text="Number of a message whose place it takes."
    )


class ShowMessage(StationActionView):
    """Show a text on the station's display (2.x). What is shown: `display-messages`."""

    body_class = ShowMessageBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        replaces = data.pop("replaces", None)
        return requests.show_message(
            station=station,
            content=data.pop("content"),
            priority=MessagePriority(data.pop("priority")),
            format=MessageFormat(data.pop("format")),
            replaces=None if replaces is None else message_of(station, replaces, "replaces"),
            **data,
            actor=self.actor,
            now=utc_now(),
        )


def message_of(station: ChargingStation, number: int, field: str) -> DisplayMessage:
    """The station's message of this number."""
    rows = DisplayMessage.objects.filter(station=station, number=number)
    row = rows.select_related("station__operator").first()
    if row is None:
        raise ValidationError({field: f"This station has no message {number}."})
    return row


class ClearMessageBody(BodySerializer):
    number = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class ClearMessage(StationActionView):
    """Take a message down (2.x)."""

    body_class = ClearMessageBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        message = message_of(station, data["number"], "number")
        return requests.clear_message(message=message, actor=self.actor, now=utc_now())


class AskDisplay(StationActionView):
    """Have the station tell everything that it shows (2.x)."""

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:  # noqa: ARG002
        return requests.ask_display(station=station, actor=self.actor, now=utc_now())
