from __future__ import annotations

from celery.schedules import crontab

from csms.celery import app


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled - set(app.tasks) == set()


def test_the_schedule() -> None:
    schedule = {name: entry["schedule"] for name, entry in app.conf.beat_schedule.items()}
    assert schedule == {
        "events.dispatch": 5,
        "events.prune": 900,
        "chargers.time_out_commands": 5,
        "chargers.refresh_displays": 10,
        "chargers.keep_profiles_in_step": 3,
        "chargers.sweep_lost_processes": 30,
        "chargers.check_signed_values": 30,
        "chargers.run_station_imports": 30,
        "chargers.end_stale_transactions": 60,
        "chargers.close_silent_reports": 60,
        "chargers.sync_local_lists": 5,
        "chargers.check_configurations": 5,
        "chargers.advance_rollouts": 3,
        "chargers.check_certificates": 3600,
        "chargers.sign_and_deliver_certificates": 60,
        "chargers.expire_reservations": 15,
        "chargers.prune_frames": 300,
        "chargers.prune_security_events": 900,
        "chargers.prune_device_model": 900,
        "chargers.prune_reports": 900,
        "tariffs.forget_offers": 900,
        "tariffs.stop_at_limits": 10,
        "billing.make_cdrs": 15,
        "billing.catch_up": 600,
        "billing.nightly": crontab(hour="4", minute="11"),
        "tariffs.price_running": 10,
        "tariffs.pin_missed": 30,
        "operations.sample_networks": 60,
        "operations.roll_up_recent": 300,
        "operations.nightly": crontab(hour="3", minute="17"),
        "chargers.check_every_configuration": crontab(hour="2", minute="41"),
    }


def test_a_sweep_that_still_waits_is_dropped_when_the_next_one_comes() -> None:
    entry = app.conf.beat_schedule["events.dispatch"]
    assert entry["options"] == {"expires": 5}
