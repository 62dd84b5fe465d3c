"""Addresses of the portal pages about prices."""

from __future__ import annotations

from django.urls import path

from tariffs.views import bulk, cell, groups, matrix

app_name = "tariffs"

urlpatterns = [
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
]
