"""Values that several messages carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTokenRef:
    """An IdToken as read by the station; `type` is an IdTokenEnumType (1.6: ISO14443)."""

    uid: str
    type: str = "ISO14443"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedData:
    """A signed meter value as it came, not one character changed.

    Attributes:
        data: what was sent as the signed value: a document, or a wrapping of one.
        measurand: of the sample that carried it.
        encoding_method, signing_method, public_key: as sent, empty without them.
    """

    data: str
    measurand: str = "Energy.Active.Import.Register"
    encoding_method: str = ""
    signing_method: str = ""
    public_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All sampled values of one instant of one EVSE, in integer units.

    Attributes:
        device_at: sample time by the station's clock.
        context: ReadingContextEnumType, such as Sample.Periodic or Transaction.End.
        energy_wh: Energy.Active.Import.Register.
        power_w: Power.Active.Import (sum of phases).
        current_ma: per phase L1, L2, L3 (DC and single values: first place only).
        voltage_mv: first phase or DC.
        soc_percent: state of charge.
        extra: everything else as `{"<measurand>[.<phase>][@<location>]": "<value> <unit>"}`.
        signed: signed values of that instant; they have rows of their own.
    """

    device_at: datetime | None
    context: str = "Sample.Periodic"
    energy_wh: int | None = None
    power_w: int | None = None
    current_ma: tuple[int | None, int | None, int | None] = (None, None, None)
    voltage_mv: int | None = None
    soc_percent: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    signed: tuple[SignedData, ...] = ()

    @property
    def has_figures(self) -> bool:
        """Whether it says anything that is not signed."""
        figures = (self.energy_wh, self.power_w, self.voltage_mv, self.soc_percent)
        return bool(self.extra) or any(one is not None for one in (*figures, *self.current_ma))
