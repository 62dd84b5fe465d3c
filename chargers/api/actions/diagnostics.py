"""Logs, and what a station knows of customers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.api.actions.base import StationActionView
from chargers.api.actions.firmware import RetryBody
from chargers.models import ChargingStation, StationCommand
from chargers.services.maintenance import requests
from common.api.serializers import BodySerializer
from common.clock import utc_now

_UPLOAD_URL = serializers.RegexField(
    r"^(?:https?|ftps?|sftp)://[^\s/]+(?:/\S*)?$",
    max_length=512,
    help_text="Where the station uploads to; it must be able to reach it.",
)


class GetLogBody(RetryBody):
    upload_url = _UPLOAD_URL
    log_type = serializers.ChoiceField(["DiagnosticsLog", "SecurityLog"], default="DiagnosticsLog")
    oldest_at = serializers.DateTimeField(required=False, help_text="Only entries from then on.")
    latest_at = serializers.DateTimeField(required=False, help_text="Only entries until then.")


class GetLog(StationActionView):
    """Have the station upload its log to a server of yours. Progress: `log-uploads`."""

    body_class = GetLogBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return requests.get_log(station=station, **data, actor=self.actor, now=utc_now())


class CustomerInformationBody(BodySerializer):
    report = serializers.BooleanField(default=True, help_text="Tell what it knows.")
    clear = serializers.BooleanField(default=False, help_text="Forget the customer.")
    id_token_uid = serializers.CharField(
        max_length=36, required=False, help_text="The customer's token, or customer_identifier."
    )
    id_token_type = serializers.ChoiceField(
        ["Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress"],
        default="ISO14443",
    )
    customer_identifier = serializers.CharField(max_length=64, required=False)


class CustomerInformation(StationActionView):
    """Have the station tell or forget what it knows of a person (2.x)."""

    body_class = CustomerInformationBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return requests.request_customer_information(
            station=station, **data, actor=self.actor, now=utc_now()
        )
