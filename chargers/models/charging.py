"""Smart charging: profiles at stations, limits from outside, wishes of vehicles."""

from __future__ import annotations

from django.db import models

from accounts.models import ApiKey, Operator, User
from chargers.domain.charging_profiles import ChargingProfile as Profile
from chargers.domain.charging_profiles import ProfilePurpose, Schedule
from chargers.models.command import StationCommand
from chargers.models.station import ChargingStation
from chargers.models.transaction import Transaction
from common.tenancy import ScopedManager, TenantModel


class ProfileSource(models.TextChoices):
    """Who made a profile."""

    OURS = "ours", "Set from here"
    REPORTED = "reported", "Found at the station"
    EXTERNAL = "external", "Set by another system"


class ProfileStatus(models.TextChoices):
    REQUESTED = "requested", "Sent, waiting for the answer"
    INSTALLED = "installed", "Installed"
    UNANSWERED = "unanswered", "No answer, may be installed"
    REJECTED = "rejected", "Rejected by the station"
    CLEARED = "cleared", "Removed"

    @classmethod
    def live(cls) -> tuple[ProfileStatus, ...]:
        """May hold at the station."""
        return (cls.REQUESTED, cls.INSTALLED, cls.UNANSWERED)


class ChargingProfile(TenantModel):
    """A charging profile of a station as far as we know: asked for, installed, gone.

    The present state only: a profile that replaces another deletes its row, for the commands keep
    the history. `content` is a `chargers.domain.charging_profiles.ChargingProfile`.

    Attributes:
        profile_id: chargingProfileId, unique among those that may hold at the station.
        transaction: the session of a TxProfile; None until a remote start has begun it.
        command: the last SetChargingProfile or remote start that carried it.
        set_by, set_by_key: who wanted it, whoever sent it last; neither for a rule or the station.
        sent_epoch: connection in which it was last sent; after a reconnect it is sent again.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="charging_profiles"
    )
    evse_number = models.PositiveIntegerField(default=0, help_text="0 is the whole station.")
    transaction = models.ForeignKey(
        Transaction,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="charging_profiles",
    )
    command = models.ForeignKey(
        StationCommand, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_by_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    profile_id = models.BigIntegerField()
    purpose = models.CharField(
        max_length=40, choices=[(str(purpose), str(purpose)) for purpose in ProfilePurpose]
    )
    stack_level = models.BigIntegerField(default=0)
    content = models.JSONField()
    source = models.CharField(
        max_length=10, choices=ProfileSource.choices, default=ProfileSource.OURS
    )
    limit_source = models.CharField(
        max_length=20, blank=True, help_text="ChargingLimitSource as reported: EMS, SO, CSO, Other."
    )
    status = models.CharField(
        max_length=10, choices=ProfileStatus.choices, default=ProfileStatus.REQUESTED
    )
    sent_epoch = models.BigIntegerField(default=0)
    requested_at = models.DateTimeField(null=True, blank=True)
    installed_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["station", "status"], name="chargers_profile_station"),
            # What the sweep looks for: limits of sessions that may still hold.
            models.Index(
                fields=["transaction"],
                condition=models.Q(
                    purpose="TxProfile", status__in=["requested", "installed", "unanswered"]
                ),
                name="chargers_profile_session",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.profile_id}"

    @property
    def profile(self) -> Profile:
        return Profile.from_json(self.content)

    @property
    def is_live(self) -> bool:
        return self.status in ProfileStatus.live()


class ExternalLimit(TenantModel):
    """A limit that a system beside us set at a station (OCPP 2.x K12 to K14).

    Attributes:
        schedules: `chargers.domain.charging_profiles.Schedule` values; empty when not told.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="external_limits"
    )
    evse_number = models.PositiveIntegerField(default=0, help_text="0 is the whole station.")
    source = models.CharField(max_length=20, help_text="EMS, SO, CSO, Other.")
    is_grid_critical = models.BooleanField(default=False)
    schedules = models.JSONField(default=list)
    reported_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "evse_number", "source"], name="chargers_external_limit_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} at EVSE {self.evse_number}"

    def schedule_values(self) -> tuple[Schedule, ...]:
        return tuple(Schedule.from_json(schedule) for schedule in self.schedules)


class ChargingNeeds(TenantModel):
    """What the vehicle at an EVSE asked for (OCPP 2.x K15 to K17, K21).

    `transaction` is None for wishes told before the session began. `ev_schedule` is how the vehicle
    means to charge, a `Schedule` value whose `start_at` is the station's time base.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="charging_needs"
    )
    evse_number = models.PositiveIntegerField()
    transaction = models.OneToOneField(
        Transaction,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="charging_needs",
    )
    transfer = models.CharField(max_length=20, blank=True)
    departure_at = models.DateTimeField(null=True, blank=True)
    energy_wh = models.BigIntegerField(null=True, blank=True)
    min_current_a = models.BigIntegerField(null=True, blank=True)
    max_current_a = models.BigIntegerField(null=True, blank=True)
    max_voltage_v = models.BigIntegerField(null=True, blank=True)
    max_power_w = models.BigIntegerField(null=True, blank=True)
    soc_percent = models.SmallIntegerField(null=True, blank=True)
    full_soc_percent = models.SmallIntegerField(null=True, blank=True)
    bulk_soc_percent = models.SmallIntegerField(null=True, blank=True)
    capacity_wh = models.BigIntegerField(null=True, blank=True)
    control_mode = models.CharField(max_length=20, blank=True)
    max_schedule_tuples = models.BigIntegerField(null=True, blank=True)
    ev_schedule = models.JSONField(null=True, blank=True)
    has_priority = models.BooleanField(default=False)
    reported_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "charging needs"
        constraints = [
            models.UniqueConstraint(
                fields=["station", "evse_number"],
                condition=models.Q(transaction=None),
                name="chargers_needs_waiting_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"needs at EVSE {self.evse_number}"
