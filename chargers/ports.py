"""What chargers need from higher floors. Wiring sets the implementations; the defaults are local."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from accounts.models import IdToken
from chargers.domain.context import StationContext
from chargers.domain.messages import DataTransfer, IdTokenRef
from chargers.domain.results import Company, DataTransferResult, PersonalMessage
from chargers.domain.vocabulary import AuthorizationStatus

# Authorisation ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """May this token charge here?

    Attributes:
        station: where it was read.
        evse: number of the EVSE, None when not known yet (Authorize).
        id_token: as read.
        token: the operator's own row of it, None for a stranger.
        starting: a transaction starts now, not a mere question.
    """

    station: StationContext
    evse: int | None
    id_token: IdTokenRef
    token: IdToken | None
    starting: bool
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    expires_at: datetime | None = None
    parent_uid: str = ""


@dataclass(frozen=True, slots=True)
class Deny:
    status: AuthorizationStatus


@dataclass(frozen=True, slots=True)
class Pass:
    """Not mine to decide: ask the next one."""


Decision = Allow | Deny | Pass


class TokenAuthorizer(Protocol):
    """Decides from local rows only, without a remote call: the group commit waits for it."""

    def __call__(self, request: TokenRequest) -> Decision: ...


@runtime_checkable
class StationAuthorizer(Protocol):
    """A TokenAuthorizer that can be asked for many tokens of one station without asking anew."""

    def at_station(self, *, station: StationContext, now: datetime) -> TokenAuthorizer | None:
        """With what decides at the station read once; None: it passes on everybody there."""


_authorizers: tuple[TokenAuthorizer, ...] = ()


def authorizers() -> tuple[TokenAuthorizer, ...]:
    """In the order in which they are asked; empty means the local rules alone."""
    return _authorizers


def set_authorizers(ordered: tuple[TokenAuthorizer, ...]) -> None:
    """Replace them (wiring and tests). The first that does not pass decides."""
    global _authorizers  # noqa: PLW0603 -- one table per process, set at start-up
    _authorizers = ordered


# Running cost -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningCost:
    """What a session has cost so far: integer minor units of an ISO 4217 currency, VAT included."""

    amount_minor: int
    currency: str


class RunningCostQuoter(Protocol):
    def __call__(self, *, transaction_id: UUID, now: datetime) -> RunningCost | None: ...


class RunningCostsQuoter(Protocol):
    """The same for many running sessions at once; those without a cost are not in the answer."""

    def __call__(
        self, *, transaction_ids: Collection[UUID], now: datetime
    ) -> Mapping[UUID, RunningCost]: ...


def no_running_cost(*, transaction_id: UUID, now: datetime) -> RunningCost | None:  # noqa: ARG001
    """Nobody sells anything: there is no cost."""
    return None


_running_cost_quoter: RunningCostQuoter = no_running_cost
_running_costs_quoter: RunningCostsQuoter | None = None


def running_cost_quoter() -> RunningCostQuoter:
    return _running_cost_quoter


def running_costs(
    *, transaction_ids: Collection[UUID], now: datetime
) -> Mapping[UUID, RunningCost]:
    """What running sessions cost; one by one where nobody quotes many at once."""
    if _running_costs_quoter is not None:
        return _running_costs_quoter(transaction_ids=transaction_ids, now=now)
    quotes = {key: _running_cost_quoter(transaction_id=key, now=now) for key in transaction_ids}
    return {key: cost for key, cost in quotes.items() if cost is not None}


def set_running_cost_quoter(
    quoter: RunningCostQuoter, *, many: RunningCostsQuoter | None = None
) -> None:
    global _running_cost_quoter, _running_costs_quoter  # noqa: PLW0603 -- see set_authorizers
    _running_cost_quoter = quoter
    _running_costs_quoter = many


# Texts for drivers --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffTextRequest:
    """What does charging cost this token here, in words for a display?

    Attributes:
        evse: number, None when not known yet.
        token: the operator's own row, None for a stranger.
    """

    station_id: UUID
    evse: int | None
    token: IdToken | None
    now: datetime


class TariffTextProvider(Protocol):
    """Answers from local rows only: the group commit waits for it."""

    def __call__(self, request: TariffTextRequest) -> PersonalMessage | None: ...


def no_tariff_text(request: TariffTextRequest) -> PersonalMessage | None:  # noqa: ARG001
    """Nobody sells anything: there is nothing to say."""
    return None


_tariff_text_provider: TariffTextProvider = no_tariff_text


def tariff_text_provider() -> TariffTextProvider:
    return _tariff_text_provider


def set_tariff_text_provider(provider: TariffTextProvider) -> None:
    global _tariff_text_provider  # noqa: PLW0603 -- see set_authorizers
    _tariff_text_provider = provider


# VAT numbers --------------------------------------------------------------------------------------


class VatNumberValidator(Protocol):
    def __call__(self, *, vat_number: str, now: datetime) -> Company | None: ...


def no_vat_number(*, vat_number: str, now: datetime) -> Company | None:  # noqa: ARG001
    """Nobody looks VAT numbers up."""
    return None


_vat_number_validator: VatNumberValidator = no_vat_number


def vat_number_validator() -> VatNumberValidator:
    return _vat_number_validator


def set_vat_number_validator(validator: VatNumberValidator) -> None:
    global _vat_number_validator  # noqa: PLW0603 -- see set_authorizers
    _vat_number_validator = validator


# Vendors' own messages ----------------------------------------------------------------------------


class DataTransferHandler(Protocol):
    """Answers a vendor's own message; may run twice."""

    def __call__(
        self, message: DataTransfer, /, *, station: StationContext, received_at: datetime
    ) -> DataTransferResult: ...


DataTransferHandlers = Mapping[str, Mapping[str, DataTransferHandler]]
_data_transfer_handlers: DataTransferHandlers = {}


def data_transfer_handlers() -> DataTransferHandlers:
    """VendorId → messageId → handler; "" stands for every messageId of the vendor."""
    return _data_transfer_handlers


def set_data_transfer_handlers(handlers: DataTransferHandlers) -> None:
    global _data_transfer_handlers  # noqa: PLW0603 -- see set_authorizers
    _data_transfer_handlers = handlers


# Commands ---------------------------------------------------------------------------------------


class CommandWaker(Protocol):
    """Speaks to whichever process holds a station's socket. May be lost: rows are the truth."""

    def wake(self, station_id: UUID) -> None:
        """A command waits."""

    def disconnect(self, station_id: UUID) -> None:
        """Close the socket: the station may not be connected any more."""

    def quirks_changed(self, operator_id: UUID) -> None:
        """The operator's rules on makes are other ones."""


class _NobodyToWake:
    def wake(self, station_id: UUID) -> None:
        """Commands wait until the socket looks for itself."""

    def disconnect(self, station_id: UUID) -> None:
        """The socket looks for itself, too."""

    def quirks_changed(self, operator_id: UUID) -> None:
        """Sockets ask again when their stations connect or boot."""


_command_waker: CommandWaker = _NobodyToWake()


def command_waker() -> CommandWaker:
    return _command_waker


def set_command_waker(waker: CommandWaker) -> None:
    global _command_waker  # noqa: PLW0603 -- see set_authorizers
    _command_waker = waker
