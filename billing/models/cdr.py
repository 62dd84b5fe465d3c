"""Charge detail records: what a session cost, and everything that it takes to say it again."""

from __future__ import annotations

from django.db import models

from accounts.models import Driver, Operator
from chargers.models import Location, Transaction
from common.fields import MainObject
from common.tenancy import ScopedManager, TenantModel
from tariffs.models import TariffVersion


class Cdr(TenantModel, MainObject):
    """The priced record of an ended session (OCPI CDR). What comes later is a new version.

    Nothing of a record that was written changes, but `is_latest` and what a person says of it
    (`accepted_at`, `external_id`, `metadata`).

    Attributes:
        version: from 1; the latest one counts.
        location, driver: of the session, so that lists need no join.
        tariff_version: None: no tariff was found; the session waits for a person and is not free.
        is_provisional: the session was ended by rule, the station's own stop had not come.
        session_in_review: the session itself waited for a person.
        currency: "" while there is no tariff.
        terms: the stored tariff as it was priced, `tariffs.pricing.document`.
        charging: the periods that were priced, `tariffs.pricing.records`.
        spot_prices: the prices of the slots that were used, `billing.domain.facts`.
        lines: exact and rounded lines, `billing.domain.lines`.
        taxes: net and VAT of each rate, rounded.
        net_exact, gross_exact: rational numbers as text, such as 61/60.
        flags: what was odd, `billing.domain.flags`.
        needs_review: flags hold what a person must look at before it may be billed.
        accepted_at: a person has looked and lets it be billed as it stands.
        digest: SHA-256 of all that decides the price and of the price; the same again when priced again.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="cdrs")
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="cdrs")
    version = models.PositiveIntegerField(default=1)
    is_latest = models.BooleanField(default=True)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, db_index=False, related_name="cdrs"
    )
    driver = models.ForeignKey(
        Driver,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_index=False,
        related_name="cdrs",
    )
    tariff_version = models.ForeignKey(
        TariffVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="cdrs"
    )
    is_provisional = models.BooleanField(default=False)
    session_in_review = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    energy_wh = models.BigIntegerField()
    currency = models.CharField(max_length=3, blank=True, default="")
    time_zone = models.CharField(max_length=64)
    terms = models.JSONField(null=True, blank=True)
    charging = models.JSONField(default=dict)
    spot_prices = models.JSONField(default=dict, blank=True)
    lines = models.JSONField(default=list)
    taxes = models.JSONField(default=list)
    net_minor = models.BigIntegerField(null=True, blank=True)
    tax_minor = models.BigIntegerField(null=True, blank=True)
    gross_minor = models.BigIntegerField(null=True, blank=True)
    net_exact = models.TextField(blank=True, default="")
    gross_exact = models.TextField(blank=True, default="")
    flags = models.JSONField(default=list, blank=True)
    needs_review = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "version"], name="billing_cdr_version_unique"
            ),
            models.UniqueConstraint(
                fields=["transaction"],
                condition=models.Q(is_latest=True),
                name="billing_cdr_one_latest",
            ),
            # No tariff is no amount: a session that nobody priced is not a free one.
            models.CheckConstraint(
                condition=(
                    models.Q(
                        net_minor__isnull=False,
                        tax_minor__isnull=False,
                        gross_minor=models.F("net_minor") + models.F("tax_minor"),
                    )
                    | models.Q(net_minor=None, tax_minor=None, gross_minor=None, needs_review=True)
                ),
                name="billing_cdr_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-ended_at", "-id"], name="billing_cdr_recent"),
            models.Index(fields=["location", "-ended_at"], name="billing_cdr_location"),
            models.Index(fields=["driver", "-ended_at"], name="billing_cdr_driver"),
            models.Index(
                fields=["operator", "-ended_at"],
                condition=models.Q(needs_review=True, is_latest=True, accepted_at=None),
                name="billing_cdr_review",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_id} v{self.version}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.needs_review and self.is_latest and self.accepted_at is None
