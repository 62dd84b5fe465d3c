"""Handing mail over: at once from a worker, through the queue from a request."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

logger = logging.getLogger(__name__)

DELIVER_TASK = "branding.deliver_mail"


def deliver(message: EmailMultiAlternatives) -> None:
    """Send now; raises what the mail backend raises."""
    message.send()


def deliver_soon(message: EmailMultiAlternatives) -> None:
    """Queue a mail, so that a request takes as long with it as without.

    When the queue cannot be reached the mail is sent right here.
    """
    if not settings.EVENTS_WAKE_WORKERS:
        deliver(message)
        return
    try:
        current_app.send_task(DELIVER_TASK, kwargs={"mail": _plain(message)}, retry=False)
    except Exception:
        logger.warning("mail could not be queued and is sent at once", exc_info=True)
        deliver(message)


def _plain(message: EmailMultiAlternatives) -> dict[str, Any]:
    html = next((str(part[0]) for part in message.alternatives), "")
    return {
        "subject": message.subject,
        "body": message.body,
        "html": html,
        "from_email": message.from_email,
        "to": list(message.to),
        "reply_to": list(message.reply_to),
    }


def message_of(mail: dict[str, Any]) -> EmailMultiAlternatives:
    """The message of `deliver_soon`, on the worker's side."""
    message = EmailMultiAlternatives(
        subject=mail["subject"],
        body=mail["body"],
        from_email=mail["from_email"],
        to=mail["to"],
        reply_to=mail["reply_to"] or None,
    )
    if mail["html"]:
        message.attach_alternative(mail["html"], "text/html")
    return message
