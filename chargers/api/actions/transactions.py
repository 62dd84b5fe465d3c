"""Transactions started from afar."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.models import IdToken
from chargers.api.actions.base import MaybeEvseBody, StationActionView, evse_of
from chargers.api.actions.charging_bodies import StartProfileBody, profile_of
from chargers.domain.charging_profiles import ProfilePurpose
from chargers.models import ChargingStation, StationCommand
from chargers.services import commands
from chargers.services.commissioning import start_test_charge
from common.api.serializers import BodySerializer
from common.clock import utc_now


class TokenBody(BodySerializer):
    """A token by its key or its number."""

    id_token_id: Any = serializers.PrimaryKeyRelatedField(
        queryset=IdToken.objects, required=False, help_text="The token, or else id_token_uid."
    )
    id_token_uid = serializers.CharField(
        required=False, max_length=255, help_text="Number of a known token, in any case."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in ("id_token_id", "id_token_uid") if name in attrs]
        if len(given) != 1:
            raise ValidationError({"id_token_uid": "Give either id_token_uid or id_token_id."})
        token = attrs.pop("id_token_id", None) or _token_by_uid(attrs.pop("id_token_uid"))
        return {**attrs, "id_token": token}


class RemoteStartBody(TokenBody, MaybeEvseBody):
    """Where, for which token, and within which limit."""

    charging_profile = StartProfileBody(
        required=False,
        allow_null=True,
        default=None,
        help_text="A TxProfile that limits the session from its start.",
    )


def _token_by_uid(uid: str) -> IdToken:
    token = IdToken.objects.filter(uid__iexact=uid).select_related("driver").first()
    if token is None:
        raise ValidationError({"id_token_uid": "There is no such token."})
    return token


class RemoteStart(StationActionView):
    """Charge for a token, as if it had been shown at the station, if you like within a limit."""

    body_class = RemoteStartBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        limit = data["charging_profile"]
        return commands.start_charging(
            station=station,
            evse=evse_of(station, data["evse"]),
            id_token=data["id_token"],
            profile=profile_of(limit, purpose=ProfilePurpose.TX) if limit else None,
            actor=self.actor,
            now=utc_now(),
        )


class TestChargeBody(MaybeEvseBody):
    """Where; without an EVSE the station chooses."""


class TestCharge(StationActionView):
    """Charge for a token that is made for the commissioning and expires by itself."""

    body_class = TestChargeBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return start_test_charge(
            station=station,
            evse=evse_of(station, data["evse"]),
            actor=self.actor,
            now=utc_now(),
        )
