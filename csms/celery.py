"""The Celery application: `celery -A csms worker` and `celery -A csms beat`, or both embedded."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csms.settings")

app = Celery("csms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_MINUTE = 60.0
# Sweeps: what they look for stands in rows, so a lost message costs one interval. A task that is
# still waiting when the next one comes is dropped.
_EVERY: dict[str, float] = {
    "events.dispatch": 5,
    "chargers.time_out_commands": 5,
    "chargers.refresh_displays": 10,
    "chargers.keep_profiles_in_step": 3,
    "chargers.sweep_lost_processes": 30,
    "chargers.check_signed_values": 30,
    "chargers.run_station_imports": 30,
    "chargers.end_stale_transactions": _MINUTE,
    "chargers.close_silent_reports": _MINUTE,
    "chargers.sync_local_lists": 5,
    "chargers.check_configurations": 5,
    "chargers.advance_rollouts": 3,
    "chargers.expire_reservations": 15,
    "chargers.sign_and_deliver_certificates": _MINUTE,
    "chargers.check_certificates": 60 * _MINUTE,
    "billing.make_cdrs": 15,
    "billing.catch_up": 10 * _MINUTE,
    "tariffs.price_running": 10,
    "tariffs.pin_missed": 30,
    # These delete a bounded number of rows a call.
    "events.prune": 15 * _MINUTE,
    "chargers.prune_frames": 5 * _MINUTE,
    "chargers.prune_security_events": 15 * _MINUTE,
    "chargers.prune_device_model": 15 * _MINUTE,
    "chargers.prune_reports": 15 * _MINUTE,
    "tariffs.forget_offers": 15 * _MINUTE,
    "tariffs.stop_at_limits": 10,
    "operations.sample_networks": _MINUTE,
    "operations.roll_up_recent": 5 * _MINUTE,
}
_AT: dict[str, crontab] = {
    "operations.nightly": crontab(hour="3", minute="17"),
    "chargers.check_every_configuration": crontab(hour="2", minute="41"),
    "billing.nightly": crontab(hour="4", minute="11"),
}

app.conf.beat_schedule = {
    **{
        name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
        for name, seconds in _EVERY.items()
    },
    **{name: {"task": name, "schedule": at} for name, at in _AT.items()},
}
