"""What a vehicle asks for over ISO 15118 (OCPP 2.x K15 to K17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NeedsAnswer(StrEnum):
    """How a vehicle's needs are answered; versions with fewer words map down."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    PROCESSING = "Processing"
    NO_PROFILE = "NoChargingProfile"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingNeeds:
    """ChargingNeedsType in integer units; None for what the vehicle did not tell.

    Attributes:
        transfer: EnergyTransferModeEnumType, such as DC or AC_three_phase.
        departure_at: when the driver wants to leave.
        energy_wh: asked for.
        soc_percent, full_soc_percent, bulk_soc_percent: state of charge now; taken as full; where
            fast charging ends.
        capacity_wh: of the battery.
        control_mode: ScheduledControl or DynamicControl (2.1).
        max_schedule_tuples: periods that the vehicle can take.
    """

    transfer: str = ""
    departure_at: datetime | None = None
    energy_wh: int | None = None
    min_current_a: int | None = None
    max_current_a: int | None = None
    max_voltage_v: int | None = None
    max_power_w: int | None = None
    soc_percent: int | None = None
    full_soc_percent: int | None = None
    bulk_soc_percent: int | None = None
    capacity_wh: int | None = None
    control_mode: str = ""
    max_schedule_tuples: int | None = None
