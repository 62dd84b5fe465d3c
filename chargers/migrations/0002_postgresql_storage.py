"""PostgreSQL only: small time indexes on the big tables, room for updates in place."""

from django.db import migrations

FORWARDS = (
    "CREATE INDEX chargers_metervalue_taken ON chargers_metervalue USING brin (taken_at)",
    "CREATE INDEX chargers_frame_at ON chargers_ocppframe USING brin (at)",
    # Rows that each reading or sign of life updates stay on their page.
    "ALTER TABLE chargers_transaction SET (fillfactor = 80)",
    "ALTER TABLE chargers_chargingstation SET (fillfactor = 80)",
    "ALTER TABLE chargers_connector SET (fillfactor = 80)",
)
BACKWARDS = (
    "DROP INDEX chargers_metervalue_taken",
    "DROP INDEX chargers_frame_at",
    "ALTER TABLE chargers_transaction RESET (fillfactor)",
    "ALTER TABLE chargers_chargingstation RESET (fillfactor)",
    "ALTER TABLE chargers_connector RESET (fillfactor)",
)


def _run(statements):
    def apply(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return apply


class Migration(migrations.Migration):
    dependencies = [("chargers", "0001_initial")]
    operations = [migrations.RunPython(_run(FORWARDS), _run(BACKWARDS))]
