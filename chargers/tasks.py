"""Periodic work (Celery beat): sweeps that find what no message came for."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import current_app, shared_task
from django.conf import settings

from chargers.services.certificates.delivery import deliver_again
from chargers.services.certificates.expiry import check_certificates
from chargers.services.certificates.requests import sign_pending_requests
from chargers.services.charging.following import keep_in_step
from chargers.services.command_queue import time_out_commands
from chargers.services.connections import sweep_lost_processes
from chargers.services.device_model.reports import close_silent_reports
from chargers.services.device_model.retention import prune_device_model
from chargers.services.display.refresh import refresh_displays
from chargers.services.frames import prune_frames
from chargers.services.local_lists.sync import sync_due_lists
from chargers.services.maintenance.retention import (
    prune_customer_information,
    prune_session_displays,
)
from chargers.services.reservations.ending import expire_reservations
from chargers.services.security_events import prune_security_events
from chargers.services.signed.checking import check_waiting
from chargers.services.station_import.checking import forget_unconfirmed
from chargers.services.station_import.running import run_waiting
from chargers.services.templates.drift import check_due, make_all_due
from chargers.services.templates.running import advance_rollouts
from chargers.services.transactions.stale import end_stale_transactions
from common.clock import utc_now
from common.tenancy import system_scope

logger = logging.getLogger(__name__)

IMPORTS_TASK = "chargers.run_station_imports"


@shared_task(name="chargers.end_stale_transactions")
def end_stale_transactions_task(**_kwargs: Any) -> int:
    """Every few minutes."""
    limit = timedelta(hours=settings.OCPP_OFFLINE_END_HOURS)
    return end_stale_transactions(now=utc_now(), offline_limit=limit)


@shared_task(name="chargers.time_out_commands")
def time_out_commands_task(**_kwargs: Any) -> int:
    """Every few seconds."""
    return time_out_commands(now=utc_now())


@shared_task(name="chargers.keep_profiles_in_step")
def keep_profiles_in_step_task(**_kwargs: Any) -> int:
    """Every few seconds."""
    return keep_in_step(now=utc_now())


@shared_task(name="chargers.sweep_lost_processes")
def sweep_lost_processes_task(**_kwargs: Any) -> int:
    """Every half minute."""
    return sweep_lost_processes(now=utc_now())


@shared_task(name="chargers.sync_local_lists")
def sync_local_lists_task(**_kwargs: Any) -> int:
    """Every few seconds; a bounded number of stations a call."""
    return sync_due_lists(now=utc_now())


@shared_task(name="chargers.expire_reservations")
def expire_reservations_task(**_kwargs: Any) -> int:
    """Every few seconds."""
    return expire_reservations(now=utc_now())


@shared_task(name="chargers.prune_frames")
def prune_frames_task(**_kwargs: Any) -> int:
    """Every few minutes; a bounded number of rows a call."""
    keep = timedelta(days=settings.OCPP_FRAME_RETENTION_DAYS)
    with system_scope("retention: frames of every operator"):
        return prune_frames(now=utc_now(), keep=keep)


@shared_task(name="chargers.refresh_displays")
def refresh_displays_task(**_kwargs: Any) -> int:
    """Every few seconds; a display is told at most every 30 seconds."""
    return refresh_displays(now=utc_now())


@shared_task(name="chargers.sign_and_deliver_certificates")
def sign_and_deliver_certificates_task(**_kwargs: Any) -> tuple[int, int]:
    """Every minute: what an event was lost for, and what stations did not answer."""
    now = utc_now()
    return sign_pending_requests(now=now), deliver_again(now=now)


@shared_task(name="chargers.check_certificates")
def check_certificates_task(**_kwargs: Any) -> tuple[int, int]:
    """Every hour: announce what expires, ask for renewal."""
    return check_certificates(now=utc_now())


@shared_task(name="chargers.check_signed_values")
def check_signed_values_task(**_kwargs: Any) -> int:
    """Every half minute; a bounded number of values a call."""
    with system_scope("signed values of every operator"):
        return check_waiting(now=utc_now())


@shared_task(name="chargers.prune_security_events")
def prune_security_events_task(**_kwargs: Any) -> int:
    """Every quarter of an hour; a bounded number of rows a call."""
    keep = timedelta(days=settings.EVENTS_RETENTION_DAYS)
    with system_scope("retention: security events of every operator"):
        return prune_security_events(now=utc_now(), keep=keep)


@shared_task(name="chargers.prune_reports")
def prune_reports_task(**_kwargs: Any) -> tuple[int, ...]:
    """Every quarter of an hour; a bounded number of rows a call."""
    keep = timedelta(days=settings.OCPP_FRAME_RETENTION_DAYS)
    now = utc_now()
    prune = (prune_customer_information, prune_session_displays, forget_unconfirmed)
    with system_scope("retention: reports, displays and files of every operator"):
        return tuple(each(now=now, keep=keep) for each in prune)


@shared_task(name="chargers.prune_device_model")
def prune_device_model_task(**_kwargs: Any) -> int:
    """Every quarter of an hour; a bounded number of rows a call."""
    with system_scope("retention: what stations of every operator noticed"):
        return prune_device_model(
            now=utc_now(),
            keep=timedelta(days=settings.EVENTS_RETENTION_DAYS),
            keep_readings=timedelta(days=settings.OCPP_FRAME_RETENTION_DAYS),
        )


@shared_task(name="chargers.close_silent_reports")
def close_silent_reports_task(**_kwargs: Any) -> int:
    """Every minute."""
    return close_silent_reports(now=utc_now())


@shared_task(name="chargers.check_configurations")
def check_configurations_task(**_kwargs: Any) -> int:
    """Every few seconds; a bounded number of stations a call."""
    return check_due(now=utc_now())


@shared_task(name="chargers.check_every_configuration")
def check_every_configuration_task(**_kwargs: Any) -> int:
    """Nightly; stations are then read and looked at a few at a time."""
    return make_all_due(now=utc_now())


@shared_task(name="chargers.advance_rollouts")
def advance_rollouts_task(**_kwargs: Any) -> int:
    """Every few seconds; a bounded number of stations a call."""
    return advance_rollouts(now=utc_now())


@shared_task(name=IMPORTS_TASK)
def run_station_imports_task(**_kwargs: Any) -> int:
    """When one is confirmed, and every half minute for what no message came for."""
    with system_scope("imports of every operator"):
        return run_waiting(now=utc_now())


def wake_imports() -> None:
    """Have a worker look at once; without one to reach, the sweep will."""
    if not settings.EVENTS_WAKE_WORKERS:
        return
    try:
        current_app.send_task(IMPORTS_TASK, ignore_result=True, retry=False)
    except Exception:
        logger.warning("could not wake the workers; the sweep will import", exc_info=True)
