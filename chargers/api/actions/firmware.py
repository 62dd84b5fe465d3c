"""Firmware."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.api.actions.base import StationActionView
from chargers.models import ChargingStation, StationCommand
from chargers.services.maintenance import requests
from common.api.serializers import BodySerializer
from common.clock import utc_now


class RetryBody(BodySerializer):
    retries = serializers.IntegerField(
        min_value=0, max_value=100, required=False, help_text="Left out, the station decides."
    )
    retry_interval_seconds = serializers.IntegerField(min_value=1, max_value=86_400, required=False)


class UpdateFirmwareBody(RetryBody):
    url = serializers.CharField(
        max_length=2000, help_text="Where the station fetches the image: (s)ftp, ftps, http(s)."
    )
    retrieve_at = serializers.DateTimeField(required=False, help_text="Not before; default now.")
    install_at = serializers.DateTimeField(
        required=False, help_text="Not before; left out, as soon as it is there (not in 1.6)."
    )
    signing_certificate = serializers.CharField(
        max_length=5500,
        required=False,
        trim_whitespace=False,
        help_text="PEM of the maker, with signature: the secure update.",
    )
    signature = serializers.CharField(max_length=800, required=False, help_text="Base64.")


class UpdateFirmware(StationActionView):
    """Have the station fetch and install an image. Progress: `firmware-updates`."""

    body_class = UpdateFirmwareBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return requests.update_firmware(station=station, **data, actor=self.actor, now=utc_now())


class PublishFirmwareBody(RetryBody):
    url = serializers.CharField(max_length=2000)
    checksum = serializers.CharField(max_length=32, help_text="MD5, 32 hexadecimal digits.")


class PublishFirmware(StationActionView):
    """Have a local controller offer an image to the stations behind it (2.x)."""

    body_class = PublishFirmwareBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return requests.publish_firmware(station=station, **data, actor=self.actor, now=utc_now())


class UnpublishFirmwareBody(BodySerializer):
    checksum = serializers.CharField(max_length=32, help_text="MD5, 32 hexadecimal digits.")


class UnpublishFirmware(StationActionView):
    """Have a local controller offer an image no longer (2.x)."""

    body_class = UnpublishFirmwareBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return requests.unpublish_firmware(station=station, **data, actor=self.actor, now=utc_now())
