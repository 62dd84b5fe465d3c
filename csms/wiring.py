"""Who listens to what, and which port has which implementation: the whole graph on one screen."""

from __future__ import annotations

from accounts.events import DriverBlocked, IdTokenChanged, MemberInvited
from billing.handlers import session_ended
from billing.panels import record_of_session
from branding.handlers import send_invitation
from chargers import certificate_ports, ports
from chargers.events import (
    CertificateRequested,
    CommandFinished,
    ReadingsCameLate,
    StationBooted,
    TransactionEnded,
    TransactionStarted,
)
from chargers.gateway.wakeups import BusCommandWaker
from chargers.panels import sessions_of_drivers
from chargers.services.authorization import LocalTokens
from chargers.services.certificates.development import DevelopmentAuthority
from chargers.services.certificates.installed import ask_for_the_rest
from chargers.services.certificates.own_pki import TestPki
from chargers.services.certificates.requests import sign_requested
from chargers.services.local_lists.handlers import (
    list_command_finished,
    tokens_changed,
    unanswered_reservation,
)
from chargers.services.signed.checking import check_ended_session
from chargers.services.templates.drift import station_booted
from chargers.services.transactions.gaps import check_gap
from common import slots
from events.subscribers import Subscribers, subscribe
from tariffs.panels import price_of_sessions, prices_of_locations, prices_of_stations
from tariffs.services.access import TariffAccess
from tariffs.services.pinning import pin_started
from tariffs.services.running import quote_running_cost, quote_running_costs
from tariffs.session_panels import costs_of_sessions, running_cost

SUBSCRIBERS: Subscribers = {
    MemberInvited: (send_invitation,),
    IdTokenChanged: (tokens_changed,),
    DriverBlocked: (tokens_changed,),
    CommandFinished: (list_command_finished, unanswered_reservation, ask_for_the_rest),
    CertificateRequested: (sign_requested,),
    StationBooted: (station_booted,),
    TransactionStarted: (check_gap, pin_started),
    TransactionEnded: (check_ended_session, session_ended),
    ReadingsCameLate: (session_ended,),
}

# Asked in order; the first that does not pass decides whether a token may charge.
AUTHORIZERS: tuple[ports.TokenAuthorizer, ...] = (TariffAccess(), LocalTokens())

PANELS: slots.Panels = {
    "driver_page": (sessions_of_drivers,),
    "station_page": (prices_of_stations,),
    "location_page": (prices_of_locations,),
    "transaction_page": (price_of_sessions, running_cost, record_of_session),
    "transaction_cost": (costs_of_sessions,),
}


def connect() -> None:
    """Hand subscribers, ports and panels down to the apps that declared them."""
    subscribe(SUBSCRIBERS)
    slots.fill(PANELS)
    ports.set_authorizers(AUTHORIZERS)
    ports.set_command_waker(BusCommandWaker())
    ports.set_running_cost_quoter(quote_running_cost, many=quote_running_costs)
    certificate_ports.set_certificate_authority(DevelopmentAuthority())
    certificate_ports.set_contract_provider(TestPki())
