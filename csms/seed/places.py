"""Where the made-up stations stand: real streets, so that the map looks like one."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class SiteKind(StrEnum):
    """What brings people there; decides makes, hours and stays (see `traffic`)."""

    CITY = "city"
    COMMUTER = "commuter"
    RESIDENTIAL = "residential"
    RETAIL = "retail"
    FAST = "fast"


class Site(NamedTuple):
    """One location; coordinates in degrees, WGS 84."""

    name: str
    address: str
    postal_code: str
    city: str
    country: str
    latitude: float
    longitude: float
    kind: SiteKind


TIME_ZONES = {
    "DK": "Europe/Copenhagen",
    "SE": "Europe/Stockholm",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
}

_K = SiteKind
# A short list still has every kind: the first ones are mixed on purpose.
SITES: tuple[Site, ...] = (
    Site("Havnegade", "Havnegade 12", "1058", "Copenhagen", "DK", 55.67902, 12.59148, _K.CITY),
    Site("Køge Nord E47", "Egedesvej 2", "4600", "Køge", "DK", 55.49630, 12.16840, _K.FAST),
    Site("Bruuns Plads", "M.P. Bruuns Gade 25", "8000", "Aarhus", "DK", 56.14930, 10.20520, _K.RETAIL),
    Site("Ørestad Nord", "Emil Holms Kanal 14", "2300", "Copenhagen", "DK", 55.66551, 12.58903, _K.COMMUTER),
    Site("Västra Hamnen", "Stora Varvsgatan 6", "211 74", "Malmö", "SE", 55.61204, 12.98097, _K.RESIDENTIAL),
    Site("Odense SØ E20", "Svendborgvej 243", "5260", "Odense", "DK", 55.35602, 10.41530, _K.FAST),
    Site("Kolding Nord", "Skovvangen 42", "6000", "Kolding", "DK", 55.51297, 9.45610, _K.RETAIL),
    Site("HafenCity", "Überseeallee 10", "20457", "Hamburg", "DE", 53.54150, 9.99902, _K.CITY),
    Site("Aalborg Syd E45", "Hobrovej 450", "9200", "Aalborg", "DK", 57.00104, 9.87895, _K.FAST),
    Site("Brunnshög", "Solbjersvägen 5", "224 84", "Lund", "SE", 55.72402, 13.22598, _K.COMMUTER),
    Site("Esbjerg Torv", "Torvegade 21", "6700", "Esbjerg", "DK", 55.46801, 8.45203, _K.CITY),
    Site("Flensburg A7", "Am Oxer 17", "24955", "Harrislee", "DE", 54.79203, 9.37996, _K.FAST),
    Site("Aarhus Ø", "Bernhardt Jensens Boulevard 75", "8000", "Aarhus", "DK", 56.16402, 10.22901, _K.RESIDENTIAL),
    Site("Amager Strand", "Arne Jacobsens Allé 12", "2300", "Copenhagen", "DK", 55.63023, 12.57731, _K.RETAIL),
    Site("Odense Banegård", "Østre Stationsvej 27", "5000", "Odense", "DK", 55.40171, 10.38662, _K.COMMUTER),
    Site("Hyllie", "Hyllie Stationstorg 2", "215 32", "Malmö", "SE", 55.56281, 12.97602, _K.RETAIL),
    Site("Kolding E45", "Vranderupvej 90", "6000", "Kolding", "DK", 55.49003, 9.41702, _K.FAST),
    Site("Nørrebro", "Folmer Bendtsens Plads 3", "2200", "Copenhagen", "DK", 55.70033, 12.53791, _K.RESIDENTIAL),
    Site("Skejby", "Palle Juul-Jensens Boulevard 99", "8200", "Aarhus", "DK", 56.19102, 10.16903, _K.COMMUTER),
    Site("Altona", "Große Bergstraße 164", "22767", "Hamburg", "DE", 53.55150, 9.93904, _K.RETAIL),
    Site("Aalborg Havnefront", "Toldbod Plads 3", "9000", "Aalborg", "DK", 57.05052, 9.92504, _K.CITY),
    Site("Malmö Nord E6", "Hanögatan 11", "211 24", "Malmö", "SE", 55.62405, 13.05298, _K.FAST),
    Site("Rosengård", "Ørbækvej 75", "5220", "Odense", "DK", 55.38352, 10.42547, _K.RETAIL),
    Site("Vejle Havn", "Dæmningen 11", "7100", "Vejle", "DK", 55.70604, 9.53803, _K.CITY),
    Site("Nordhavn P-hus", "Helsinkigade 29", "2150", "Copenhagen", "DK", 55.71001, 12.59902, _K.RESIDENTIAL),
    Site("Esbjerg Øst E20", "Korskrovej 12", "6705", "Esbjerg", "DK", 55.50104, 8.54201, _K.FAST),
    Site("Förde", "Schleswiger Straße 130", "24941", "Flensburg", "DE", 54.76302, 9.43703, _K.RETAIL),
    Site("Lund Nova", "Företagsvägen 14", "227 61", "Lund", "SE", 55.71403, 13.15602, _K.RETAIL),
    Site("Knutpunkten", "Järnvägsgatan 10", "252 24", "Helsingborg", "SE", 56.04304, 12.69503, _K.CITY),
    Site("Aarhus Syd E45", "Nydamsvej 37", "8362", "Hørning", "DK", 56.08302, 10.03904, _K.FAST),
)  # fmt: skip

NEIGHBOUR_SITES: tuple[Site, ...] = (
    Site("Colón", "Carrer de Colom 27", "46004", "Valencia", "ES", 39.46902, -0.37201, _K.CITY),
    Site("Campanar", "Avinguda de les Corts Valencianes 50", "46015", "Valencia", "ES", 39.49303, -0.40204, _K.COMMUTER),
    Site("Castelló Mar", "Avinguda del Mar 34", "12003", "Castelló de la Plana", "ES", 39.98601, -0.02903, _K.FAST),
)  # fmt: skip
