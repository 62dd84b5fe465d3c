"""What the pages show of a station, ready for the templates. No queries: rows come prefetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from chargers.domain.display import DisplayState, station_state
from chargers.models import ChargingStation, Connector, Evse, Transaction
from chargers.selectors import connector_display
from common.clock import utc_now
from common.states import words


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorView:
    """One connector with the session that runs at it, if any."""

    connector: Connector
    evse: Evse
    state: DisplayState
    label: str
    transaction: Transaction | None

    @property
    def fault(self) -> str:
        """The station's own words for what is wrong, empty when nothing is."""
        codes = (self.connector.error_code, self.connector.vendor_error_code, self.connector.info)
        return " · ".join(code for code in codes if code and code != "NoError")

    @property
    def state_words(self) -> str:
        """More exact than the state where the station told more ("Suspended EV")."""
        if self.transaction and self.transaction.charging_state and self.state == "occupied":
            return words(self.transaction.charging_state)
        return words(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRow:
    """A station in a list: its state and the sum of its sessions."""

    station: ChargingStation
    state: DisplayState
    connectors: list[ConnectorView]
    power_w: int
    max_power_w: int

    @property
    def needs_no_key(self) -> bool:
        """It may connect without authentication now (security profile 0)."""
        until = self.station.allow_unauthenticated_until
        return until is not None and utc_now() < until

    @property
    def id(self) -> UUID:
        return self.station.pk

    @property
    def load_percent(self) -> float:
        if not self.max_power_w:
            return 0.0
        return min(100.0, 100 * self.power_w / self.max_power_w)

    @property
    def load_label(self) -> str:
        return f"Load of {self.station.name}"

    @property
    def menu_id(self) -> str:
        return f"menu-{self.station.pk}"

    @property
    def menu_label(self) -> str:
        return f"Actions for {self.station.name}"

    @property
    def menu(self) -> list[dict[str, str]]:
        """Where the row's menu leads."""
        pages = (
            ("station", _("Open"), "charging-pile"),
            ("station_transactions", _("Sessions"), "bolt"),
            ("station_commands", _("Commands"), "terminal-2"),
            ("station_timeline", _("Timeline"), "timeline-event"),
        )
        return [
            {"label": label, "icon": icon, "url": reverse(f"chargers:{name}", args=[self.id])}
            for name, label, icon in pages
        ]

    @property
    def make(self) -> str:
        return f"{self.station.vendor} {self.station.model}".strip()

    @property
    def last_message_at(self) -> datetime | None:
        return self.station.last_seen_at


def connector_views(station: ChargingStation) -> list[ConnectorView]:
    """Every connector of a station whose `evses__connectors` and transactions are prefetched."""
    return [
        _connector_view(station, evse, connector)
        for evse in station.evses.all()
        for connector in evse.connectors.all()
    ]


def _connector_view(station: ChargingStation, evse: Evse, connector: Connector) -> ConnectorView:
    running = evse.active_transaction
    here = running if running and running.connector_id in {None, connector.pk} else None
    state = connector_display(station, evse, connector)
    label = f"{evse.number} {connector.get_type_display()} {words(state).lower()}"
    return ConnectorView(connector=connector, evse=evse, state=state, label=label, transaction=here)


def station_row(station: ChargingStation) -> StationRow:
    """The row of one station (prefetched as for `connector_views`)."""
    connectors = connector_views(station)
    running = [evse.active_transaction for evse in station.evses.all() if evse.active_transaction]
    powers = [running_.power_w or 0 for running_ in running] if station.is_online else []
    return StationRow(
        station=station,
        state=station_state(
            is_online=station.is_online,
            status=station.status,
            connectors=[connector.state for connector in connectors],
        ),
        connectors=connectors,
        power_w=sum(powers),
        max_power_w=sum(evse.max_power_w for evse in station.evses.all()),
    )


def station_rows(stations: Iterable[ChargingStation]) -> list[StationRow]:
    """Rows in the given order."""
    return [station_row(station) for station in stations]
