"""Which tokens a station should know by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max

from accounts.models import IdToken, IdTokenType
from chargers.domain.context import StationContext
from chargers.domain.local_list import Entry, Limits
from chargers.domain.messages import IdTokenRef
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.models import ChargingStation, Transaction
from chargers.ocpp.access import is_listable
from chargers.ports import Allow, TokenAuthorizer, TokenRequest
from chargers.selectors.access import is_autocharge_allowed
from chargers.services.authorization import LOCAL, authorizers_at, decide, group_uid

# Nobody shows these at a station.
_NEVER_READ = (IdTokenType.CENTRAL, IdTokenType.NO_AUTHORIZATION)


class Listed(NamedTuple):
    """A token, and what the local rules say of it."""

    token: IdToken
    entry: Entry


def tokens_of_operator(operator_id: UUID, *, now: datetime) -> list[Listed]:
    """The operator's tokens as entries, newest first, valid ones before blocked ones.

    Blocked tokens are listed as such where there is room: a station that remembers one in its
    cache, or that lets strangers charge while it is offline, refuses it all the same. Expired
    ones are left out. One query.
    """
    rows = (
        IdToken.objects.filter(operator_id=operator_id)
        .exclude(type__in=_NEVER_READ)
        .select_related("driver")
        .order_by("-created_at", "-id")
    )
    return _accepted_first(
        Listed(token, _entry(token)) for token in rows if not token.is_expired(now)
    )


def _accepted_first(found: Iterable[Listed]) -> list[Listed]:
    """A stable sort: newest first within each."""
    return sorted(found, key=lambda item: item.entry.status != AuthorizationStatus.ACCEPTED)


def _entry(token: IdToken) -> Entry:
    if token.is_blocked or (token.driver is not None and token.driver.is_blocked):
        return Entry(uid=token.uid, type=token.type, status=AuthorizationStatus.BLOCKED)
    return Entry(
        uid=token.uid,
        type=token.type,
        expires_at=token.expires_at,
        parent_uid=group_uid(token),
    )


def wanted_at(
    station: ChargingStation, tokens: Sequence[Listed], limits: Limits, *, now: datetime
) -> list[Entry]:
    """What of them fits this station, the most wanted first: order decides where room is short.

    The list says what Authorize would answer at this station, see `ports.set_authorizers`.

    Where there is room for all of them their order is of no interest. Else those that charged
    here lately come first.
    """
    answered = _as_answered(station, tokens, now)
    usable = [item for item in answered if _fits(station, item.entry)]
    if any(entry.type == IdTokenType.MAC_ADDRESS for _, entry in usable) and not (
        is_autocharge_allowed(station_id=station.pk, operator_id=station.operator_id)
    ):
        usable = [item for item in usable if item.entry.type != IdTokenType.MAC_ADDRESS]
    if limits.entries is None or len(usable) <= limits.entries:
        return [entry for _, entry in usable]
    last_used = _last_used(station)
    by_use = sorted(usable, key=lambda item: last_used.get(item.token.pk, 0.0), reverse=True)
    return [entry for _, entry in _accepted_first(by_use)[: limits.entries]]


def _as_answered(
    station: ChargingStation, tokens: Sequence[Listed], now: datetime
) -> Sequence[Listed]:
    """The entries as whoever else decides here would have them; without such, as they are."""
    context = StationContext(
        station_id=station.pk,
        operator_id=station.operator_id,
        epoch=station.connection_epoch,
        protocol=station.protocol,
    )
    asked = authorizers_at(station=context, now=now)
    if asked == LOCAL:
        return tokens
    answers = [(listed, _answer(listed.token, context, now, asked)) for listed in tokens]
    return _accepted_first(
        Listed(listed.token, entry) for listed, entry in answers if entry is not None
    )


def _answer(
    token: IdToken, station: StationContext, now: datetime, asked: tuple[TokenAuthorizer, ...]
) -> Entry | None:
    """The answer to Authorize as an entry; None: expired, or nobody knows the token."""
    request = TokenRequest(
        station=station,
        evse=None,
        id_token=IdTokenRef(uid=token.uid, type=token.type),
        token=token,
        starting=False,
        now=now,
    )
    decision = decide(request, asked=asked)
    if isinstance(decision, Allow):
        return Entry(
            uid=token.uid,
            type=token.type,
            expires_at=decision.expires_at,
            parent_uid=decision.parent_uid,
        )
    if decision is None or decision.status == AuthorizationStatus.EXPIRED:
        return None
    blocked = decision.status == AuthorizationStatus.BLOCKED
    status = AuthorizationStatus.BLOCKED if blocked else AuthorizationStatus.INVALID
    return Entry(uid=token.uid, type=token.type, status=status)


def _fits(station: ChargingStation, entry: Entry) -> bool:
    return is_listable(station.protocol, uid=entry.uid, kind=entry.type)


def _last_used(station: ChargingStation) -> dict[UUID, float]:
    """Token -> when it last charged at this station, Unix s."""
    rows = (
        Transaction.objects.filter(station=station, id_token__isnull=False)
        .order_by()
        .values_list("id_token_id")
        .annotate(last=Max("started_at"))
    )
    return {token: last.timestamp() for token, last in rows if token is not None}
