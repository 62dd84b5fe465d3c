"""Addresses of the portal's station, session and location pages."""

from __future__ import annotations

from django.urls import path

from chargers.views import (
    access,
    certificates,
    charging,
    check,
    commands,
    commissioning,
    configuration,
    displays,
    live,
    locations,
    makes,
    monitoring,
    replacement,
    reservations,
    rollouts,
    security,
    signed_values,
    station,
    station_import,
    stations,
    templates,
    transactions,
    vehicles,
    wizard,
)

app_name = "chargers"

_STATION = "stations/<uuid:station_id>/"
_TRANSACTION = "transactions/<uuid:transaction_id>/"
_LOCATION = "locations/<uuid:location_id>/"
_TEMPLATE = "templates/<uuid:template_id>/"
_ROLLOUT = "templates/rollouts/<uuid:rollout_id>/"

urlpatterns = [
    path("stations/", stations.station_list, name="stations"),
    path("stations/export.csv", stations.stations_csv, name="stations_csv"),
    path("stations/import/", station_import.import_stations, name="import_stations"),
    path("stations/import/template.csv", station_import.import_template, name="import_template"),
    path("stations/import/<uuid:import_id>/", station_import.station_import, name="station_import"),
    path(
        "stations/import/<uuid:import_id>/run/",
        station_import.confirm_station_import,
        name="confirm_station_import",
    ),
    path(
        "stations/import/<uuid:import_id>/report.csv",
        station_import.station_import_report,
        name="station_import_report",
    ),
    path(
        "stations/import/<uuid:import_id>/keys/",
        station_import.station_import_keys,
        name="station_import_keys",
    ),
    path("stations/add/", wizard.choose_location, name="add_station"),
    path("stations/add/make/", wizard.choose_make, name="add_station_make"),
    path("stations/add/hardware/", wizard.describe_hardware, name="add_station_hardware"),
    path(_STATION, station.station_page, name="station"),
    path(f"{_STATION}commissioning/", commissioning.commissioning, name="commissioning"),
    path(
        f"{_STATION}commissioning/list/",
        commissioning.commissioning_list,
        name="commissioning_list",
    ),
    path(
        f"{_STATION}commissioning/ask/", commissioning.commissioning_ask, name="commissioning_ask"
    ),
    path(
        f"{_STATION}commissioning/charge/",
        commissioning.commissioning_charge,
        name="commissioning_charge",
    ),
    path(
        f"{_STATION}commissioning/key/", commissioning.commissioning_key, name="commissioning_key"
    ),
    path(
        f"{_STATION}commissioning/again/",
        commissioning.commissioning_again,
        name="commissioning_again",
    ),
    path(
        f"{_STATION}commissioning/finish/",
        commissioning.finish_commissioning,
        name="finish_commissioning",
    ),
    path(f"{_STATION}transactions/", station.station_transactions, name="station_transactions"),
    path(f"{_STATION}commands/", station.station_commands, name="station_commands"),
    path(f"{_STATION}commands/<str:kind>/", commands.command, name="command"),
    path(f"{_STATION}variables/", configuration.station_variable_list, name="station_variables"),
    path(f"{_STATION}variables/set/", configuration.station_setting, name="station_setting"),
    path(f"{_STATION}variables/read/", configuration.read_settings, name="read_settings"),
    path(f"{_STATION}monitoring/", monitoring.station_monitoring, name="station_monitoring"),
    path(
        f"{_STATION}monitoring/events/<int:event_id>/dismiss/",
        monitoring.dismiss_device_event,
        name="dismiss_device_event",
    ),
    path(f"{_STATION}charging/", charging.station_charging, name="station_charging"),
    path(f"{_STATION}access/", access.station_access, name="station_access"),
    path(f"{_STATION}access/list/", access.manage_list, name="manage_list"),
    path(f"{_STATION}access/switch/", access.set_switch, name="access_switch"),
    path(f"{_STATION}access/read/", access.read_settings, name="read_access_settings"),
    path(f"{_STATION}access/autocharge/", access.set_autocharge, name="set_autocharge"),
    path(f"{_STATION}security/", security.station_security, name="station_security"),
    path(f"{_STATION}security/change/", security.change_security, name="change_security"),
    path(f"{_STATION}security/open/", security.open_door, name="open_door"),
    path(f"{_STATION}security/discard-key/", security.discard_key, name="discard_key"),
    path(
        f"{_STATION}security/acknowledge/", security.acknowledge_events, name="acknowledge_events"
    ),
    path(f"{_STATION}display/", displays.station_display, name="station_display"),
    path(f"{_STATION}maintenance/", displays.station_maintenance, name="station_maintenance"),
    path(f"{_STATION}frames/", station.station_frames, name="station_frames"),
    path(f"{_STATION}timeline/", station.station_timeline, name="station_timeline"),
    path(f"{_STATION}settings/", station.station_settings, name="station_settings"),
    path(f"{_STATION}settings/key/", station.rotate_key, name="rotate_key"),
    path(f"{_STATION}replace/", replacement.replace_station, name="replace_station"),
    path(f"{_STATION}meter-keys/", signed_values.add_key, name="add_meter_key"),
    path(
        f"{_STATION}meter-keys/<int:key_id>/remove/",
        signed_values.remove_key,
        name="remove_meter_key",
    ),
    path(f"{_STATION}settings/delete/", station.delete_station, name="delete_station"),
    path("transactions/", transactions.transaction_list, name="transactions"),
    path("transactions/export.csv", transactions.transactions_csv, name="transactions_csv"),
    path(_TRANSACTION, transactions.transaction_page, name="transaction"),
    path(
        f"{_TRANSACTION}signed-meter-values.xml",
        signed_values.signed_values_file,
        name="signed_values_file",
    ),
    path(f"{_TRANSACTION}review/", transactions.review_transaction, name="review_transaction"),
    path(f"{_TRANSACTION}vehicle/", vehicles.bind_vehicle, name="bind_vehicle"),
    path("reservations/", reservations.reservation_list, name="reservations"),
    path(
        "reservations/<uuid:reservation_id>/cancel/",
        reservations.cancel,
        name="cancel_reservation",
    ),
    path("local-lists/", access.local_list_page, name="local_lists"),
    path("local-lists/autocharge/", access.set_operator_autocharge, name="operator_autocharge"),
    path("check/", check.check_page, name="check"),
    path("check/<str:token>/", check.check_session, name="check_session"),
    path("check/<str:token>/signed-meter-values.xml", check.check_file, name="check_file"),
    path("certificates/", certificates.certificate_list, name="certificates"),
    path("certificates/ca/<str:purpose>.pem", certificates.authority_root, name="authority_root"),
    path("certificates/policy/", certificates.change_policy, name="certificate_policy"),
    path("certificates/revoke/", certificates.revoke_certificate, name="revoke_certificate"),
    path("certificates/requests/sign/", certificates.sign_request, name="sign_request"),
    path("certificates/requests/refuse/", certificates.refuse_request, name="refuse_request"),
    path("certificates/roots/add/", certificates.add_root, name="add_root"),
    path("certificates/roots/delete/", certificates.delete_root, name="delete_root"),
    path("certificates/roots/install/", certificates.install_root, name="install_root"),
    path(
        f"{_STATION}certificates/register/",
        certificates.register_certificate,
        name="register_certificate",
    ),
    path("locations/", locations.location_list, name="locations"),
    path("locations/add/", locations.add_location, name="add_location"),
    path(_LOCATION, locations.location_page, name="location"),
    path(f"{_LOCATION}edit/", locations.edit_location, name="edit_location"),
    path(f"{_LOCATION}delete/", locations.delete_location, name="delete_location"),
    path(
        f"{_LOCATION}availability/", locations.location_availability, name="location_availability"
    ),
    path("makes/", makes.make_list, name="makes"),
    path("makes/make/", makes.make_page, name="make"),
    path("makes/rules/add/", makes.add_quirk_rule, name="add_quirk_rule"),
    path("makes/rules/<uuid:rule_id>/", makes.quirk_rule, name="quirk_rule"),
    path("makes/rules/<uuid:rule_id>/delete/", makes.delete_quirk_rule, name="delete_quirk_rule"),
    path("templates/", templates.template_list, name="configuration_templates"),
    path("templates/add/", templates.add_template, name="add_configuration_template"),
    path("templates/names/", templates.template_names, name="template_names"),
    path("templates/row/", templates.template_row, name="template_row"),
    path(_TEMPLATE, templates.template_page, name="configuration_template"),
    path(f"{_TEMPLATE}edit/", templates.edit_template, name="edit_configuration_template"),
    path(f"{_TEMPLATE}delete/", templates.delete_template, name="delete_configuration_template"),
    path(f"{_TEMPLATE}apply/", rollouts.apply_template, name="apply_template"),
    path(_ROLLOUT, rollouts.rollout_page, name="rollout"),
    path(f"{_ROLLOUT}cancel/", rollouts.cancel_rollout, name="cancel_rollout"),
    path(f"{_ROLLOUT}retry/", rollouts.retry_rollout, name="retry_rollout"),
    path(f"{_LOCATION}display/", displays.location_display, name="location_display"),
    path("live/stations/", live.live_stations, name="live_stations"),
    path("live/stations/<uuid:station_id>/", live.live_station, name="live_station"),
    path("live/transactions/", live.live_transactions, name="live_transactions"),
    path(
        "live/transactions/<uuid:transaction_id>/", live.live_transaction, name="live_transaction"
    ),
]
