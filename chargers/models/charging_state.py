"""When a session charged and when it did not, as its station told."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.domain.vocabulary import ChargingState
from chargers.models.transaction import Transaction
from common.tenancy import ScopedManager, TenantModel


class ChargingStateChange(TenantModel):
    """From `at` on a session was in this state. In order of `at`, whatever order they came in.

    A state may be told again: a row that says what the one before it says changes nothing.

    Attributes:
        at: corrected time.
        device_at: by the station's clock; `received_at` where it was missing or unreadable.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(
        Operator, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    transaction = models.ForeignKey(
        Transaction, on_delete=models.CASCADE, db_index=False, related_name="state_changes"
    )
    at = models.DateTimeField()
    device_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(
        max_length=14, choices=[(state.value, state.value) for state in ChargingState]
    )

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "device_at", "state"], name="chargers_state_change_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.state}"
