from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder

from csms.server import server_config


def test_q06_a_missing_pong_closes_no_socket() -> None:
    config = server_config(host="127.0.0.1", port=8179)
    assert (config.ws_ping_interval, config.ws_ping_timeout) == (20, None)


@pytest.mark.django_db
def test_refuses_a_database_that_is_not_up_to_date() -> None:
    MigrationRecorder.Migration.objects.filter(app="operations").delete()
    with pytest.raises(CommandError, match=r"not applied: operations\.0001_initial.*--migrate"):
        call_command("serve", port=8179)
