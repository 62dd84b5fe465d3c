"""Sessions that could not be priced: tried again later, and no other session waits for them."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.models import Transaction
from common.tenancy import ScopedManager, TenantModel


class CdrFailure(TenantModel):
    """An ended session of which no record could be made; the row goes when one is.

    Attributes:
        attempts: so far.
        error: of the last one, for the installation's administrator.
        next_attempt_at: the sweep leaves the session alone until then.
    """

    transaction = models.OneToOneField(
        Transaction, primary_key=True, on_delete=models.CASCADE, related_name="cdr_failure"
    )
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="+")
    attempts = models.PositiveIntegerField(default=1)
    error = models.CharField(max_length=500)
    first_failed_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(db_index=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        return f"{self.transaction_id}: {self.error}"
