"""Logs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.api.actions.base import StationActionView
from chargers.domain import commands as wire
from common.api.serializers import BodySerializer
from common.ids import random_int31

_UPLOAD_URL = serializers.RegexField(
    r"^(?:https?|ftps?|sftp)://[^\s/]+(?:/\S*)?$",
    max_length=512,
    help_text="Where the station uploads to; it must be able to reach it.",
)


class GetLogBody(BodySerializer):
    upload_url = _UPLOAD_URL
    log_type = serializers.ChoiceField(["DiagnosticsLog", "SecurityLog"], default="DiagnosticsLog")


class GetLog(StationActionView):
    """Have the station upload its log to a server of yours."""

    body_class = GetLogBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.GetLog(request_id=random_int31(), **data)
