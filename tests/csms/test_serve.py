from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder


@pytest.mark.django_db
def test_refuses_a_database_that_is_not_up_to_date() -> None:
    MigrationRecorder.Migration.objects.filter(app="operations").delete()
    with pytest.raises(CommandError, match=r"not applied: operations\.0001_initial.*--migrate"):
        call_command("serve", port=8179)
