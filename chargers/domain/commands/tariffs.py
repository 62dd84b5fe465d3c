"""Block I: what charging costs, told to the station and its driver."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorText(Command):
    """The same in the words of a make without a message of its own for it (OCPP 1.6).

    Attributes:
        vendor_id, vendor_message, vendor_data: of a DataTransfer; no vendor_id: there is none.
    """

    vendor_id: str = ""
    vendor_message: str = ""
    vendor_data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCost(VendorText):
    """What a running transaction has cost so far (I02 CostUpdated; 1.6: by the make's dialect).

    Attributes:
        total_cost: decimal text in the station's currency, taxes included.
        is_final: the transaction has ended, this is the bill.
    """

    kind: ClassVar[str] = "show_cost"

    transaction_ref: str
    total_cost: str
    currency: str
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTariff(VendorText):
    """A driver's tariff as text (2.x: a display message; 1.6: by the make's dialect).

    Attributes:
        number: id of the message at this station.
        transaction_ref: show it while this transaction runs.
    """

    kind: ClassVar[str] = "show_tariff"

    number: int
    text: str
    language: str = ""
    id_token_uid: str = ""
    transaction_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDefaultTariff(Command):
    """The tariff of everybody at an EVSE, 0: at all (OCPP 2.1 I07).

    Attributes:
        tariff: TariffType of OCPP 2.1.
    """

    kind: ClassVar[str] = "set_default_tariff"

    tariff: dict[str, Any] = field(default_factory=dict)
    evse: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GetTariffs(Command):
    """Which tariffs the station knows (I09); they come as the command's result."""

    kind: ClassVar[str] = "get_tariffs"

    evse: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearTariffs(Command):
    """Forget tariffs (I10); no ids: all of them, no EVSE: everywhere."""

    kind: ClassVar[str] = "clear_tariffs"

    tariff_ids: tuple[str, ...] = ()
    evse: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTransactionTariff(Command):
    """Another tariff for a running transaction (I11)."""

    kind: ClassVar[str] = "change_transaction_tariff"

    transaction_ref: str
    tariff: dict[str, Any] = field(default_factory=dict)


COMMANDS: tuple[type[Command], ...] = (
    ShowCost,
    ShowTariff,
    SetDefaultTariff,
    GetTariffs,
    ClearTariffs,
    ChangeTransactionTariff,
)
