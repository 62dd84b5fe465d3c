"""Tariffs as OCPI 2.1.1, 2.2.1 and 2.3.0 write them. Pure; the table is in docs/tariffs.md."""

from tariffs.ocpi.export import Exported, Unexpressed, export
from tariffs.ocpi.identity import AltText, Identity
from tariffs.ocpi.origin import Origin, recalled, remembered
from tariffs.ocpi.reading import Imported, guess_version, read_tariff
from tariffs.ocpi.versions import TariffType, Version

__all__ = [
    "AltText",
    "Exported",
    "Identity",
    "Imported",
    "Origin",
    "TariffType",
    "Unexpressed",
    "Version",
    "export",
    "guess_version",
    "read_tariff",
    "recalled",
    "remembered",
]
