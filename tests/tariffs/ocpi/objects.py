"""Tariff objects of OCPI: the specification's examples restated, and what peers send besides."""

from __future__ import annotations

from typing import Any

OWNER = {"country_code": "DE", "party_id": "ALL"}
STAMP = "2018-12-17T11:16:55Z"


def component(kind: str, price: float, vat: float | None = None, step: int = 1) -> dict[str, Any]:
    found = {"type": kind, "price": price, "step_size": step}
    return found if vat is None else found | {"vat": vat}


def element(*components: dict[str, Any], **restrictions: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"price_components": list(components)}
    return found | ({"restrictions": restrictions} if restrictions else {})


def tariff(*elements: dict[str, Any], id: str = "12", **rest: Any) -> dict[str, Any]:  # noqa: A002
    document = {**OWNER, "id": id, "currency": "EUR", "elements": list(elements)}
    return document | {"last_updated": STAMP} | rest


ENERGY = component("ENERGY", 0.25, 10.0)
START = component("FLAT", 0.5, 20.0)
ADVICE = {"language": "en", "text": "2.00 euro p/hour including VAT."}

V221 = {
    "energy": tariff(element(ENERGY)),
    "energy and start": tariff(element(START), element(ENERGY)),
    "minimum": tariff(
        element(ENERGY), min_price={"excl_vat": 0.5, "incl_vat": 0.55}
    ),
    "parking and start": tariff(
        element(START, ENERGY, component("PARKING_TIME", 2.0, 20.0, 900))
    ),
    "maximum and end": tariff(
        element(START, ENERGY),
        max_price={"excl_vat": 10, "incl_vat": 11.0},
        end_date_time="2019-06-30T23:59:59Z",
    ),
    "an hour": tariff(element(component("TIME", 2, 10.0, 60))),
    "texts": tariff(
        element(component("TIME", 1.9, 5.2, 300)),
        type="AD_HOC_PAYMENT",
        tariff_alt_text=[ADVICE, {"language": "nl", "text": "2.00 euro\np/uur inclusief BTW."}],
    ),
    "an address": tariff(
        element(component("ENERGY", 0.25, 10.0, 100)),
        type="PROFILE_CHEAP",
        tariff_alt_url="https://company.example/tariffs/13",
    ),
    "complex": tariff(
        element(component("FLAT", 2.5, 15.0)),
        element(component("TIME", 1, 20.0, 900), max_current=32.0),
        element(
            component("TIME", 2, 20.0, 600),
            min_current=32.0,
            day_of_week=["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
        ),
        element(
            component("TIME", 1.25, 20.0, 600),
            min_current=32.0,
            day_of_week=["SATURDAY", "SUNDAY"],
        ),
        element(
            component("PARKING_TIME", 5, 10.0, 300),
            start_time="09:00",
            end_time="18:00",
            day_of_week=["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
        ),
        element(
            component("PARKING_TIME", 6, 10.0, 300),
            start_time="10:00",
            end_time="17:00",
            day_of_week=["SATURDAY"],
        ),
    ),
    "free": tariff(element(component("FLAT", 0.0)), type="REGULAR"),
    "reservation": tariff(
        element(component("TIME", 5.0, 20.0, 60), reservation="RESERVATION"), element(START, ENERGY)
    ),
    "lapsed reservation": tariff(
        element(component("FLAT", 4.0, 20.0), reservation="RESERVATION_EXPIRES"),
        element(component("TIME", 2.0, 20.0, 600), reservation="RESERVATION"),
        element(START),
    ),
    "first half hour": tariff(
        element(component("ENERGY", 0.0, 20.0), max_duration=1800),
        element(component("ENERGY", 0.25, 20.0), max_duration=3600),
        element(component("ENERGY", 0.4, 20.0)),
    ),
    "every restriction": tariff(
        element(
            ENERGY,
            start_time="22:00",
            end_time="00:00",
            start_date="2026-01-01",
            end_date="2027-01-01",
            min_kwh=0.001,
            max_kwh=20.5,
            min_current=0.5,
            max_current=32,
            min_power=3.7,
            max_power=22.0,
            min_duration=0,
            max_duration=86400,
            day_of_week=["SUNDAY"],
            reservation="RESERVATION",
        )
    ),
    "energy mix": tariff(
        element(ENERGY),
        start_date_time="2026-01-01T00:00:00Z",
        energy_mix={
            "is_green_energy": False,
            "energy_sources": [{"source": "GAS", "percentage": 33.3}],
            "supplier_name": "E.ON Energy",
        },
    ),
    "net limit only": tariff(element(ENERGY), max_price={"excl_vat": 10}),
    # as peers write them
    "other spellings": tariff(
        element(component("ENERGY", 0.2500, 0, 0)) | {"restrictions": {}},
        element(
            component("TIME", 2.0, 0),
            day_of_week=["SUNDAY", "MONDAY", "SUNDAY"],
            end_time="24:00",
        ),
        element({**START, "price": "0.50"}, day_of_week=[], min_kwh=None),
        tariff_alt_text=[],
        type=None,
        last_updated="2018-12-17T12:16:55.000+01:00",
        start_date_time="2018-12-17T11:16:55",
    ),
    "fields of its own": tariff(
        element(ENERGY), x_vendor={"a": [1, 2.5, None, {"b": "ü"}]}, tariff_group="gold"
    ),
    "fine prices": tariff(element(component("ENERGY", 0.123456, 7.25))),
}  # fmt: skip

V230 = {
    "net": V221["energy"] | {"tax_included": "NO"},
    "gross": V221["complex"] | {"tax_included": "YES"},
    "not applicable": tariff(element(component("ENERGY", 0.25)), tax_included="N/A"),
    "limits": V221["energy"]
    | {
        "tax_included": "YES",
        "min_price": {"before_taxes": 0.5, "after_taxes": 0.55},
        "max_price": {"before_taxes": 100},
    },
    "payments": V221["energy"] | {"tax_included": "NO", "preauthorize_amount": 60.5},
}


def _old(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in OWNER}


V211 = {
    "simple": _old(tariff(element(component("TIME", 2.0, step=300)))),
    "complex": _old(
        tariff(
            element(component("FLAT", 2.5)),
            element(component("TIME", 1.0, step=900), max_power=32.0),
            element(component("PARKING_TIME", 5.0, step=0), start_time="09:00", end_time="18:00"),
            tariff_alt_url="https://company.example/tariffs/12",
        )
    ),
}
