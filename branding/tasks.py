"""Celery tasks of branding: mail leaves outside of the request."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from branding.delivery import deliver, message_of


@shared_task(name="branding.deliver_mail", max_retries=5, default_retry_delay=30)
def deliver_mail(*, mail: dict[str, Any], **_: Any) -> None:
    """Send one rendered mail; an SMTP server that is away is tried again."""
    try:
        deliver(message_of(mail))
    except OSError as error:
        raise deliver_mail.retry(exc=error) from error
