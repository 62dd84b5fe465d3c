"""Addresses of the portal pages about prices."""

from __future__ import annotations

from django.urls import path

from tariffs.views import bulk, cell, editor, exchange, groups, matrix, simulator, tariffs

app_name = "tariffs"

_TARIFF = "tariffs/<uuid:tariff_id>/"

urlpatterns = [
    path("tariffs/", tariffs.tariff_list, name="tariffs"),
    path("tariffs/add/", editor.add_tariff, name="add_tariff"),
    path("tariffs/import/", exchange.import_page, name="import"),
    path("tariffs/preview/", editor.preview, name="preview"),
    path(_TARIFF, tariffs.tariff_page, name="tariff"),
    path(f"{_TARIFF}name/", tariffs.edit_tariff, name="edit_tariff"),
    path(f"{_TARIFF}versions/add/", editor.add_version, name="add_version"),
    path(
        f"{_TARIFF}versions/<uuid:version_id>/withdraw/", tariffs.withdraw, name="withdraw_version"
    ),
    path(f"{_TARIFF}ocpi/<str:ocpi>/", exchange.export_ocpi, name="export_ocpi"),
    path(f"{_TARIFF}duplicate/", tariffs.duplicate_tariff, name="duplicate_tariff"),
    path(f"{_TARIFF}archive/", tariffs.archive_tariff, name="archive_tariff"),
    path(f"{_TARIFF}restore/", tariffs.restore_tariff, name="restore_tariff"),
    path("tariffs/groups/", groups.group_list, name="groups"),
    path("tariffs/groups/add/", groups.add_group, name="add_group"),
    path("tariffs/groups/<uuid:group_id>/", groups.edit_group, name="group"),
    path("tariffs/groups/<uuid:group_id>/move/", groups.move_group, name="move_group"),
    path("tariffs/groups/<uuid:group_id>/delete/", groups.remove_group, name="delete_group"),
    path("tariffs/matrix/", matrix.matrix, name="matrix"),
    path("tariffs/matrix/parts/", matrix.parts, name="parts"),
    path("tariffs/matrix/cell/", cell.cell, name="cell"),
    path("tariffs/matrix/assign/", bulk.assign, name="assign"),
    path(
        "tariffs/matrix/assignments/<uuid:assignment_id>/remove/",
        cell.remove_assignment,
        name="remove_assignment",
    ),
    path("tariffs/simulator/", simulator.simulator, name="simulator"),
]
