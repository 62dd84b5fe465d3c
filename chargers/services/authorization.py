"""May this token charge here? Authorizers in order, then the operator's own tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import CharField, UUIDField
from django.db.models.functions import Upper

from accounts.models import IdToken, IdTokenType
from accounts.vehicles import vehicle_of
from chargers.domain.certificates import ContractCertificateStatus
from chargers.domain.context import StationContext
from chargers.domain.messages import Authorize, IdTokenRef
from chargers.domain.results import AuthorizeResult, IdTokenInfo
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.models import ChargingStation, Transaction, TransactionState
from chargers.ports import (
    Allow,
    Decision,
    Deny,
    Pass,
    StationAuthorizer,
    TariffTextRequest,
    TokenAuthorizer,
    TokenRequest,
    authorizers,
    no_tariff_text,
    tariff_text_provider,
)
from chargers.selectors.access import is_autocharge_allowed
from chargers.services.certificates.contracts import contract_status
from common.prepared import Param, Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """The answer for the station, and the operator's own row of the token, if it has one."""

    info: IdTokenInfo
    token: IdToken | None

    @property
    def is_accepted(self) -> bool:
        return self.info.status == AuthorizationStatus.ACCEPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTokens:
    """The operator's own tokens: blocked and expired ones are refused, strangers passed on.

    Attributes:
        refuse_concurrent: a driver's token that charges elsewhere starts nothing (ConcurrentTx).
            Tokens without a driver belong to the operator and may always charge at once.
    """

    refuse_concurrent: bool = False

    def __call__(self, request: TokenRequest) -> Decision:
        token = request.token
        if request.id_token.type == IdTokenType.NO_AUTHORIZATION:
            return Allow()
        if token is None:
            return Pass()
        if token.is_blocked or (token.driver is not None and token.driver.is_blocked):
            return Deny(AuthorizationStatus.BLOCKED)
        if token.is_expired(request.now):
            return Deny(AuthorizationStatus.EXPIRED)
        if self.refuse_concurrent and request.starting and _charges_elsewhere(token, request):
            return Deny(AuthorizationStatus.CONCURRENT_TX)
        return Allow(expires_at=token.expires_at, parent_uid=group_uid(token))


def group_uid(token: IdToken) -> str:
    """What the tokens of one driver have in common (1.6 parentIdTag, 2.x groupIdToken).

    A station lets each of them stop what another has started. "" for a token of nobody.
    """
    return "" if token.driver_id is None else f"D{token.driver_id.hex[-_GROUP_DIGITS:].upper()}"


def _charges_elsewhere(token: IdToken, request: TokenRequest) -> bool:
    if token.driver_id is None:
        return False
    active = Transaction.objects.filter(
        operator_id=request.station.operator_id, state=TransactionState.ACTIVE, id_token=token
    )
    here = active.filter(station_id=request.station.station_id, evse__number=request.evse or 0)
    return active.exclude(pk__in=here.values("pk")).exists()


# With its letter it fits into 1.6's 20 characters, and 76 bits of a UUIDv7 are random enough.
_GROUP_DIGITS = 19

# The operator's own tokens alone.
LOCAL: tuple[TokenAuthorizer, ...] = (LocalTokens(),)


_TOKEN_BY_UID = Prepared(
    lambda: (
        IdToken.objects.filter(operator_id=Param("operator_id", UUIDField()))
        .alias(upper_uid=Upper("uid"))
        .filter(upper_uid=Upper(Param("uid", CharField())))
        .select_related("driver")
        .order_by("pk")[:1]
    )
)


def find_token(*, station: StationContext, uid: str, vehicle: str | None = None) -> IdToken | None:
    """The operator's token with this uid, in any case of letters (OCPP 1.6 idTag: CiString).

    Args:
        vehicle: the MAC address that the uid stands for, where it stands for one; only a vehicle's
            token answers to it.
    """
    token: IdToken | None = _TOKEN_BY_UID.first(operator_id=station.operator_id, uid=vehicle or uid)
    if vehicle is None or (token is not None and token.type == IdTokenType.MAC_ADDRESS):
        return token
    return None


def authorize_token(
    *,
    station: StationContext,
    evse: int | None,
    id_token: IdTokenRef,
    now: datetime,
    starting: bool = False,
) -> Authorization:
    """Ask the authorizers in order; the first that does not pass decides, else Unknown.

    Args:
        evse: number, None when the station does not say yet.
        starting: a transaction starts with it now (OCPP 2.0.1 E; concurrency is checked).
    """
    vehicle = vehicle_of(id_token.uid, id_token.type)
    token = find_token(station=station, uid=id_token.uid, vehicle=vehicle)
    if _is_forbidden_vehicle(vehicle, token, station):
        return Authorization(info=_info(Deny(AuthorizationStatus.INVALID)), token=None)
    request = TokenRequest(
        station=station, evse=evse, id_token=id_token, token=token, starting=starting, now=now
    )
    decision = decide(request)
    if decision is None:
        return Authorization(info=_info(Deny(AuthorizationStatus.UNKNOWN)), token=token)
    return Authorization(info=_with_text(_info(decision), request), token=token)


def authorizers_at(*, station: StationContext, now: datetime) -> tuple[TokenAuthorizer, ...]:
    """Whom to ask for many tokens of one station; what the station's answers need is read once."""
    asked = (
        ask.at_station(station=station, now=now) if isinstance(ask, StationAuthorizer) else ask
        for ask in authorizers() or LOCAL
    )
    return tuple(ask for ask in asked if ask is not None)


def decide(
    request: TokenRequest, *, asked: tuple[TokenAuthorizer, ...] | None = None
) -> Allow | Deny | None:
    """What the first authorizer says that does not pass; None when all of them pass.

    Args:
        asked: of `authorizers_at`, where many tokens of one station are asked for.
    """
    for ask in (authorizers() or LOCAL) if asked is None else asked:
        decision = ask(request)
        if not isinstance(decision, Pass):
            return decision
    return None


def refusal(
    *, station: ChargingStation, evse: int | None, token: IdToken, now: datetime
) -> AuthorizationStatus | None:
    """Why one of the operator's own tokens may not charge at a station, before anybody tries it."""
    request = TokenRequest(
        station=StationContext(
            station_id=station.pk,
            operator_id=station.operator_id,
            epoch=station.connection_epoch,
            protocol=station.protocol,
        ),
        evse=evse,
        id_token=IdTokenRef(uid=token.uid, type=token.type),
        token=token,
        starting=False,
        now=now,
    )
    decision = decide(request)
    return decision.status if isinstance(decision, Deny) else None


def _is_forbidden_vehicle(
    vehicle: str | None, token: IdToken | None, station: StationContext
) -> bool:
    """Autocharge is off unless somebody has allowed it: a MAC address can be cloned."""
    is_vehicle = vehicle is not None or (
        token is not None and token.type == IdTokenType.MAC_ADDRESS
    )
    return is_vehicle and not is_autocharge_allowed(
        station_id=station.station_id, operator_id=station.operator_id
    )


def _info(decision: Allow | Deny) -> IdTokenInfo:
    if isinstance(decision, Deny):
        return IdTokenInfo(status=decision.status)
    return IdTokenInfo(
        status=AuthorizationStatus.ACCEPTED,
        expires_at=decision.expires_at,
        parent_uid=decision.parent_uid,
    )


def _with_text(info: IdTokenInfo, request: TokenRequest) -> IdTokenInfo:
    """What charging costs is told to whom it is allowed (I01)."""
    provide = tariff_text_provider()
    if provide is no_tariff_text or info.status != AuthorizationStatus.ACCEPTED:
        return info
    asked = TariffTextRequest(
        station_id=request.station.station_id,
        evse=request.evse,
        token=request.token,
        now=request.now,
    )
    return replace(info, message=provide(asked))


def answer_authorize(
    message: Authorize, *, station: StationContext, received_at: datetime
) -> AuthorizeResult:
    """Authorize (OCPP 2.0.1 C01, C07; 1.6 §4.1): a question, nothing is stored."""
    authorization = authorize_token(
        station=station, evse=None, id_token=message.id_token, now=received_at
    )
    contract = contract_status(message, station=station, now=received_at)
    info = authorization.info
    if contract not in {None, ContractCertificateStatus.ACCEPTED} and authorization.is_accepted:
        info = IdTokenInfo(status=AuthorizationStatus.INVALID)
    return AuthorizeResult(token=info, certificate_status=contract)
