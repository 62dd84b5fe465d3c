"""Who listens to what, and which port has which implementation: the whole graph on one screen."""

from __future__ import annotations

from events.subscribers import Subscribers, subscribe

SUBSCRIBERS: Subscribers = {}


def connect() -> None:
    """Hand subscribers, ports and panels down to the apps that declared them."""
    subscribe(SUBSCRIBERS)
