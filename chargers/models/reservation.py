"""A reservation: an EVSE kept for a token until an instant (OCPP 2.0.1 H)."""

from __future__ import annotations

from django.db import models

from accounts.models import ApiKey, Driver, IdToken, Operator, User
from chargers.models.command import StationCommand
from chargers.models.station import ChargingStation, ConnectorType, Evse
from chargers.models.transaction import Transaction
from common.fields import MainObject
from common.tenancy import ScopedManager, TenantModel


class ReservationStatus(models.TextChoices):
    PENDING = "pending", "Waiting for the station"
    ACCEPTED = "accepted", "Reserved"
    USED = "used", "Used"
    EXPIRED = "expired", "Expired"
    CANCELLED = "cancelled", "Cancelled"
    OCCUPIED = "occupied", "Refused: occupied"
    FAULTED = "faulted", "Refused: out of order"
    UNAVAILABLE = "unavailable", "Refused: out of service"
    REJECTED = "rejected", "Refused by the station"

    @classmethod
    def open(cls) -> tuple[ReservationStatus, ReservationStatus]:
        return (cls.PENDING, cls.ACCEPTED)


class Reservation(TenantModel, MainObject):
    """An EVSE, or any of a station (`evse` None), kept for a token.

    Attributes:
        number: reservationId on the wire, from 1, unique at its station.
        transaction: the session that used it.
        note: the station's own word of why it ended.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="reservations"
    )
    evse = models.ForeignKey(
        Evse, null=True, blank=True, on_delete=models.SET_NULL, related_name="reservations"
    )
    connector_type = models.CharField(
        max_length=24, choices=ConnectorType.choices, blank=True, default=""
    )
    number = models.PositiveIntegerField()
    id_token = models.ForeignKey(
        IdToken, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    id_token_uid = models.CharField(max_length=255)
    id_token_type = models.CharField(max_length=20)
    driver = models.ForeignKey(
        Driver, null=True, blank=True, on_delete=models.SET_NULL, related_name="reservations"
    )
    parent_uid = models.CharField(max_length=36, blank=True, default="")
    expires_at = models.DateTimeField()
    status = models.CharField(
        max_length=12, choices=ReservationStatus.choices, default=ReservationStatus.PENDING
    )
    note = models.CharField(max_length=100, blank=True, default="")
    transaction = models.OneToOneField(
        Transaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="reservation"
    )
    command = models.ForeignKey(
        StationCommand, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_by_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "number"], name="chargers_reservation_number_unique"
            ),
            models.UniqueConstraint(
                fields=["evse"],
                condition=models.Q(status__in=["pending", "accepted"]),
                name="chargers_reservation_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-id"], name="chargers_reservation_recent"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(status__in=["pending", "accepted"]),
                name="chargers_reservation_open",
            ),
        ]

    def __str__(self) -> str:
        return f"reservation {self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in ReservationStatus.open()
