"""Who listens to what, and which port has which implementation: the whole graph on one screen."""

from __future__ import annotations

from accounts.events import MemberInvited
from branding.handlers import send_invitation
from chargers import ports
from chargers.gateway.wakeups import BusCommandWaker
from chargers.panels import sessions_of_drivers
from common import slots
from events.subscribers import Subscribers, subscribe

SUBSCRIBERS: Subscribers = {
    MemberInvited: (send_invitation,),
}

PANELS: slots.Panels = {
    "driver_page": (sessions_of_drivers,),
}


def connect() -> None:
    """Hand subscribers, ports and panels down to the apps that declared them."""
    subscribe(SUBSCRIBERS)
    slots.fill(PANELS)
    ports.set_command_waker(BusCommandWaker())
