"""Who listens to what, and which port has which implementation: the whole graph on one screen."""

from __future__ import annotations

from accounts.events import MemberInvited
from branding.handlers import send_invitation
from common import slots
from events.subscribers import Subscribers, subscribe

SUBSCRIBERS: Subscribers = {
    MemberInvited: (send_invitation,),
}

PANELS: slots.Panels = {}


def connect() -> None:
    """Hand subscribers, ports and panels down to the apps that declared them."""
    subscribe(SUBSCRIBERS)
    slots.fill(PANELS)
