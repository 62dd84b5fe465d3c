"""Thirty days of charging sessions, and which of them went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from accounts.models import IdToken, IdTokenType
from chargers.domain.review import Oddity, needs_person
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.models import Connector, Transaction, TransactionState
from chargers.simulator.models import CurrentKind
from csms.seed.network import Installed, Plug
from csms.seed.plan import Chance
from csms.seed.progress import Progress, tracked
from csms.seed.traffic import Stay, arrivals, stay
from csms.seed.troubles import Troubles

# The present belongs to the live stations.
_QUIET_END = timedelta(minutes=3)
_PAUSE = timedelta(minutes=2)
_WALK_IN_SHARE = 0.3
_STOP_REASONS = ("Local", "Local", "Local", "EVDisconnected", "EVDisconnected", "Remote")
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Visit:
    """One car at one plug, before anybody knows whose it is."""

    installed: Installed
    plug: Plug
    connector: Connector
    start: datetime
    stay: Stay

    @property
    def end(self) -> datetime:
        return self.start + self.stay.plugged


@dataclass(frozen=True, slots=True)
class Session:
    """A visit and the row that it became."""

    visit: Visit
    row: Transaction


def draw_visits(
    installed: Sequence[Installed],
    troubles: Sequence[Troubles],
    *,
    days: int,
    chance: Chance,
    progress: Progress,
) -> list[Visit]:
    """Everybody who came, in order of time; nobody twice at one plug, nobody at a broken one."""
    pairs = list(zip(installed, troubles, strict=True))
    visits = [
        visit
        for item, trouble in tracked(pairs, progress)
        for plug in item.plugs
        for visit in _visits_at(item, plug, trouble, days, chance)
    ]
    return sorted(visits, key=lambda visit: visit.start)


def _visits_at(
    item: Installed, plug: Plug, trouble: Troubles, days: int, chance: Chance
) -> Iterator[Visit]:
    rng, kind = chance.rng, item.site.kind
    zone = ZoneInfo(item.station.location.time_zone)
    people = arrivals(kind=kind, spec=plug.spec, zone=zone, since=chance.start(days), rng=rng)
    free = people.at
    while True:
        start = people.after(free)
        drawn = stay(
            kind=kind, spec=plug.spec, shared_power_w=item.hardware.shared_power_w, rng=rng
        )
        if start + drawn.plugged > chance.now - _QUIET_END:
            return
        if trouble.prevent(plug.evse.number, start):
            continue
        # Of two plugs, the second (CHAdeMO) is the rare one.
        connector = plug.connectors[-1] if rng.random() < 0.1 else plug.connectors[0]
        yield Visit(item, plug, connector, start, drawn)
        free = start + drawn.plugged + _PAUSE


class _Holders:
    """Hands out tokens so that no person charges at two places at once."""

    def __init__(self, tokens: Sequence[IdToken], rng: Random) -> None:
        self._tokens = [t for t in tokens if not t.is_blocked and t.expires_at is None]
        self._rng = rng
        self._busy: dict[object, datetime] = {}

    def token_for(self, visit: Visit) -> IdToken | None:
        """None for somebody who pays at the terminal of a DC charger, or when all are busy."""
        is_dc = visit.plug.spec.kind is CurrentKind.DC
        if is_dc and self._rng.random() < _WALK_IN_SHARE:
            return None
        for _ in range(6):
            token = self._rng.choice(self._tokens)
            person = token.driver_id or token.pk
            if self._busy.get(person, visit.start) <= visit.start:
                self._busy[person] = visit.end + timedelta(minutes=20)
                return token
        return None


def create_sessions(
    visits: Sequence[Visit], tokens: Sequence[IdToken], *, chance: Chance, progress: Progress
) -> list[Session]:
    """Transactions for the visits; a few of the last ten days need a person."""
    holders = _Holders(tokens, chance.rng)
    meters: dict[int, int] = {}
    sessions = [Session(visit, _row(visit, holders, meters, chance)) for visit in visits]
    _spoil(sessions, chance)
    for batch in tracked(list(_batches([session.row for session in sessions])), progress):
        Transaction.objects.bulk_create(batch)
    return sessions


def _batches(rows: Sequence[Transaction]) -> Iterator[Sequence[Transaction]]:
    for low in range(0, len(rows), _BATCH):
        yield rows[low : low + _BATCH]


def _row(visit: Visit, holders: _Holders, meters: dict[int, int], chance: Chance) -> Transaction:
    rng = chance.rng
    token = holders.token_for(visit)
    key = id(visit.plug)
    meter = meters.get(key) or rng.randrange(400_000, 90_000_000)
    energy = visit.stay.curve.energy_at(visit.stay.plugged.total_seconds())
    meters[key] = meter + energy
    station = visit.installed.station
    start, end = visit.start, visit.end
    delay = timedelta(milliseconds=rng.randrange(150, 900))
    return Transaction(
        id=chance.key_at(start),
        created_at=start + delay,
        operator=station.operator,
        location=station.location,
        station=station,
        evse=visit.plug.evse,
        connector=visit.connector,
        station_ref=f"{rng.getrandbits(60):015x}",
        id_token=token,
        id_token_uid=token.uid if token else "",
        id_token_type=token.type if token else IdTokenType.NO_AUTHORIZATION,
        driver=token.driver if token else None,
        authorization_status=AuthorizationStatus.ACCEPTED,
        state=TransactionState.ENDED,
        stop_reason=rng.choice(_STOP_REASONS),
        started_device_at=start,
        started_received_at=start + delay,
        started_at=start,
        ended_device_at=end,
        ended_received_at=end + delay,
        ended_at=end,
        meter_start_wh=meter,
        meter_stop_wh=meter + energy,
        energy_wh=energy,
        last_reading_at=end,
        last_energy_wh=meter + energy,
        power_w=0,
        max_power_w=round(max(visit.stay.curve.watts)),
        soc_percent=visit.stay.soc_end,
    )


# -- what went wrong ---------------------------------------------------------------------------

_ODD: tuple[tuple[Oddity, str], ...] = (
    (Oddity.OFFLINE_TOO_LONG, "offline for 6 h"),
    (Oddity.FORGOTTEN_AFTER_BOOT, ""),
    (Oddity.UNTRUSTED_CLOCK, "the station said 1970-01-01"),
    (Oddity.ENERGY_FROM_SAMPLES, "first to last sample"),
    (Oddity.SECOND_STOP, "the stops differ by 3 min"),
    (Oddity.UNAUTHORISED, "offline start"),
    (Oddity.MISSING_EVENTS, "seqNo 4 to 6"),
    (Oddity.COMPLETED_LATE, "the stop came 2 h later"),
)
_PROVISIONAL = {Oddity.OFFLINE_TOO_LONG, Oddity.FORGOTTEN_AFTER_BOOT}


def _spoil(sessions: Sequence[Session], chance: Chance) -> None:
    recent = [s.row for s in sessions if s.row.started_at > chance.now - timedelta(days=10)]
    # One session in ninety, two of each sort at most.
    chosen = chance.rng.sample(recent, min(len(recent) // 90, 2 * len(_ODD)))
    for row, (oddity, detail) in zip(chosen, _cycle(_ODD), strict=False):
        _make_odd(row, oddity, detail)


def _cycle(odd: Iterable[tuple[Oddity, str]]) -> list[tuple[Oddity, str]]:
    return list(odd) * 2


def _make_odd(row: Transaction, oddity: Oddity, detail: str) -> None:
    at = row.ended_received_at or row.started_received_at
    row.warnings = [{"code": oddity.value, "detail": detail, "at": at.isoformat()}]
    row.needs_review = needs_person(oddity)
    if oddity in _PROVISIONAL:
        row.state = TransactionState.PROVISIONAL
        row.stop_reason, row.meter_stop_wh = "", None
        row.ended_device_at = row.ended_received_at = None
    if oddity is Oddity.UNAUTHORISED:
        row.authorization_status = AuthorizationStatus.BLOCKED
    if oddity is Oddity.UNTRUSTED_CLOCK:
        row.started_device_at = None
