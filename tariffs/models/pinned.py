"""Which price a session has, and what it has cost so far."""

from __future__ import annotations

from django.db import models

from accounts.models import Driver, Operator
from chargers.models import Evse, Transaction
from common.fields import MainObject
from common.tenancy import ScopedManager, TenantModel
from tariffs.models.group import TariffGroup
from tariffs.models.tariff import TariffVersion


class TariffOffer(TenantModel, MainObject):
    """A price that somebody was shown before the start: what they saw is what they pay.

    Attributes:
        remote_start_id: of the command that starts the session, once there is one.
        explanation: why this price, as `tariffs.selectors.resolution` tells it.
        expires_at: a session that starts later is resolved anew.
    """

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="+")
    evse = models.ForeignKey(Evse, on_delete=models.CASCADE, related_name="+")
    driver = models.ForeignKey(
        Driver, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    version = models.ForeignKey(TariffVersion, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(
        TariffGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    explanation = models.JSONField(default=list)
    remote_start_id = models.BigIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["operator", "remote_start_id"], name="tariffs_offer_start"),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"


class PinnedTariff(TenantModel):
    """The price of a session, locked for the whole of it at its start.

    Attributes:
        version: None: nothing was found for it; the session is flagged, not free.
        offer: the price that was shown before, if that is why.
        resolved_for: the corrected start for which it was resolved.
        resolved_from: for whom and which plug; the token may come after the plug.
        settled_at: the session was priced as ended; nothing is resolved anew after that.
        time_zone: of the site then, IANA; prices by wall clock use it for ever.
        explanation: every candidate and why it lost.
    """

    transaction = models.OneToOneField(
        Transaction, primary_key=True, on_delete=models.PROTECT, related_name="pinned_tariff"
    )
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        TariffVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="pinned"
    )
    group = models.ForeignKey(
        TariffGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    offer = models.ForeignKey(
        TariffOffer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    resolved_for = models.DateTimeField()
    resolved_from = models.CharField(max_length=80, blank=True, default="")
    locked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64)
    explanation = models.JSONField(default=list)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["operator", "locked_at"],
                condition=models.Q(version__isnull=False),
                name="tariffs_pin_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_id}: {self.version_id}"


class RunningPrice(TenantModel):
    """What a running session has cost by `computed_at`; brought up to date every few seconds.

    Attributes:
        gross_minor, net_minor: integer minor units of `currency`.
        lines: `tariffs.pricing.document` of the rounded lines.
        stopped_for: which limit the session has come to, "" while none was reached.
        stopped_at: when it was first asked to stop for it, `stop_asked_at` when lately.
        checkpoint: what is settled of the session, so that each sweep reads only what is new
            (`tariffs.pricing.checkpoints`).
    """

    transaction = models.OneToOneField(
        Transaction, primary_key=True, on_delete=models.CASCADE, related_name="running_price"
    )
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="+")
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    lines = models.JSONField(default=list)
    flags = models.JSONField(default=list)
    computed_at = models.DateTimeField()
    checkpoint = models.JSONField(null=True, blank=True)
    stopped_for = models.CharField(max_length=20, blank=True, default="")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["computed_at"], name="tariffs_running_computed")]

    def __str__(self) -> str:
        return f"{self.transaction_id}: {self.gross_minor} {self.currency}"
