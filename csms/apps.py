from __future__ import annotations

from django.apps import AppConfig


class CsmsConfig(AppConfig):
    name = "csms"

    def ready(self) -> None:
        from csms import wiring  # noqa: PLC0415 -- needs every app's models loaded

        wiring.connect()
