"""Vendor data and raw calls."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.api.actions.base import StationActionView
from chargers.domain import commands as wire
from common.api.fields import JsonObjectField
from common.api.serializers import BodySerializer


class DataTransferBody(BodySerializer):
    vendor_id = serializers.CharField(max_length=255)
    message_id = serializers.CharField(max_length=50, default="", allow_blank=True)
    data = serializers.CharField(  # type: ignore[assignment]  # the standard's own word
        max_length=10_000, default="", allow_blank=True, trim_whitespace=False
    )


class DataTransfer(StationActionView):
    """Send data that only this vendor's stations understand."""

    body_class = DataTransferBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.DataTransfer(**data)


class CustomBody(BodySerializer):
    action = serializers.RegexField(r"^[A-Za-z][A-Za-z0-9]{0,49}$", help_text="An OCPP action.")
    payload = JsonObjectField(default=dict)


class Custom(StationActionView):
    """For experts: any action with any payload, sent as it stands."""

    body_class = CustomBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.Custom(**data)
