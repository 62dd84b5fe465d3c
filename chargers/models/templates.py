"""Configuration templates, how far stations are from them, and how they are brought there."""

from __future__ import annotations

from django.db import models

from accounts.models import ApiKey, Operator, User
from chargers.domain.quirks import Rule
from chargers.domain.rollouts import FAILED, IN_FLIGHT, UNDER_WAY, RolloutState
from chargers.domain.templates import Item, Step, Template
from chargers.models.location import Location
from chargers.models.station import ChargingStation, Protocol
from common.fields import MainObject
from common.ids import uuid7
from common.tenancy import ScopedManager, TenantModel


class ConfigurationTemplate(TenantModel, MainObject):
    """What an operator wants its stations to be set to; conditions as in `domain.templates`.

    Attributes:
        items: `domain.templates.Item` as JSON.
        revision: grows with every change of conditions or items.
        applies_to_new: stations added since `new_since` get it by themselves when they first boot.
        spread_at: when its stations are to be found anew; None: they are known.
    """

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="configuration_templates"
    )
    name = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True)
    vendor = models.CharField(max_length=50, blank=True)
    model = models.CharField(max_length=50, blank=True)
    firmware = models.CharField(max_length=50, blank=True)
    protocol = models.CharField(max_length=12, choices=Protocol.choices, blank=True, default="")
    items = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    is_enforced = models.BooleanField(
        default=False, help_text="A station that differs is something to look at."
    )
    applies_to_new = models.BooleanField(default=False)
    new_since = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    spread_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "name"], name="chargers_template_name_unique"
            ),
        ]
        indexes = [
            models.Index(
                fields=["spread_at"],
                condition=models.Q(spread_at__isnull=False),
                name="chargers_template_spread",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def wanted(self) -> tuple[Item, ...]:
        return tuple(Item.from_json(each) for each in self.items)

    def as_template(self) -> Template:
        """The pure template; its places are to be prefetched (`places`)."""
        return Template(
            key=str(self.pk),
            make=Rule(vendor=self.vendor, model=self.model, firmware=self.firmware),
            locations=frozenset(str(place.location_id) for place in self.places.all()),
            protocol=self.protocol,
            items=self.wanted(),
        )


class TemplateLocation(TenantModel):
    """A place whose stations a template is for."""

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(
        ConfigurationTemplate, on_delete=models.CASCADE, related_name="places"
    )
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["template", "location"], name="chargers_template_location_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.location_id}"


class ConfigurationCheck(TenantModel):
    """When a station is to be held against its templates again, and to be read again.

    Attributes:
        unknown_names: full names that the station said it does not have.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.OneToOneField(
        ChargingStation, on_delete=models.CASCADE, related_name="configuration_check"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    read_due_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    unknown_names = models.JSONField(default=list)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="chargers_config_due",
            ),
            models.Index(
                fields=["read_due_at"],
                condition=models.Q(read_due_at__isnull=False),
                name="chargers_config_read_due",
            ),
        ]

    def __str__(self) -> str:
        return f"configuration of {self.station_id}"


class TemplateDrift(TenantModel):
    """One station against one template, as of the last look.

    Attributes:
        step: the summary; `differing` and `unread` count values.
        items: the values that are not in step: name, own, attribute, state, want, have.
        in_step_at: since when it was in step, at last; None: it never was.
        drifted_at: since when it differs; None: it does not.
    """

    STEPS = (
        (Step.DIFFERS.value, "Differs"),
        (Step.NOT_READ.value, "Not read yet"),
        (Step.IMPOSSIBLE.value, "Not possible there"),
        (Step.IN_STEP.value, "In step"),
    )

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(
        ConfigurationTemplate, on_delete=models.CASCADE, related_name="drifts"
    )
    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="drifts")
    step = models.CharField(max_length=10, choices=STEPS)
    total = models.PositiveIntegerField(default=0, help_text="Values that it decides here.")
    differing = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)
    items = models.JSONField(default=list)
    in_step_at = models.DateTimeField(null=True, blank=True)
    drifted_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["template", "station"], name="chargers_template_drift_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["template", "step"], name="chargers_template_drift_step"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.step}"


class RolloutStatus(models.TextChoices):
    RUNNING = "running", "Under way"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class ConfigurationRollout(TenantModel):
    """A template on its way to many stations, as it was when this began.

    Attributes:
        items: of the template at that moment.
        expires_at: a station that has not been reached by then is left alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(
        ConfigurationTemplate, null=True, on_delete=models.SET_NULL, related_name="rollouts"
    )
    template_name = models.CharField(max_length=120)
    items = models.JSONField()
    status = models.CharField(
        max_length=9, choices=RolloutStatus.choices, default=RolloutStatus.RUNNING
    )
    is_automatic = models.BooleanField(default=False, help_text="For stations that were new.")
    reset_when_idle = models.BooleanField(
        default=False, help_text="Restart a station that needs it once nobody charges there."
    )
    stations_total = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_by_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["operator", "-id"], name="chargers_rollout_recent"),
            models.Index(fields=["template", "-id"], name="chargers_rollout_of_template"),
            models.Index(
                fields=["id"],
                condition=models.Q(finished_at__isnull=True),
                name="chargers_rollout_open",
            ),
        ]

    def __str__(self) -> str:
        return self.template_name

    @property
    def is_open(self) -> bool:
        """Stations are still at work, also when nobody new is started."""
        return self.finished_at is None


class RolloutStation(TenantModel):
    """One station of a rollout.

    Attributes:
        results: one a value: name, own, attribute, want, result, word, have.
        commands: keys of the commands whose end is waited for.
        next_at: not looked at before.
        word: what there is to say about the station as a whole.
    """

    STATES = (
        (RolloutState.WAITING.value, "Waiting"),
        (RolloutState.SETTING.value, "Being set"),
        (RolloutState.VERIFYING.value, "Being read back"),
        (RolloutState.RESTARTING.value, "Waiting for a restart"),
        (RolloutState.APPLIED.value, "Applied"),
        (RolloutState.UNCHANGED.value, "Was in step"),
        (RolloutState.REBOOT_REQUIRED.value, "Needs a restart"),
        (RolloutState.REJECTED.value, "Rejected"),
        (RolloutState.NOT_KEPT.value, "Not kept by the station"),
        (RolloutState.UNVERIFIED.value, "Set, not read back"),
        (RolloutState.TIMED_OUT.value, "No answer"),
        (RolloutState.UNREACHABLE.value, "Not reached in time"),
        (RolloutState.CANCELLED.value, "Cancelled"),
    )

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    rollout = models.ForeignKey(
        ConfigurationRollout, on_delete=models.CASCADE, related_name="stations"
    )
    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="rollouts")
    state = models.CharField(max_length=15, choices=STATES, default=RolloutState.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    results = models.JSONField(default=list)
    commands = models.JSONField(default=list)
    word = models.CharField(max_length=200, blank=True)
    next_at = models.DateTimeField()
    reset_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["rollout", "station"], name="chargers_rollout_station_unique"
            ),
        ]
        indexes = [
            models.Index(
                fields=["rollout", "next_at"],
                condition=models.Q(state__in=[state.value for state in UNDER_WAY]),
                name="chargers_rollout_under_way",
            ),
            models.Index(fields=["rollout", "state", "id"], name="chargers_rollout_state"),
        ]

    def __str__(self) -> str:
        return f"{self.rollout_id} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_in_flight(self) -> bool:
        return self.state in IN_FLIGHT

    @property
    def has_failed(self) -> bool:
        return self.state in FAILED
