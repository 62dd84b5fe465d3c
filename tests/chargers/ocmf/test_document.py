from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chargers.ocmf import Document, OcmfError, Pagination, Payload, Reading, parse
from chargers.ocmf.payload import read_time
from tests.support.ocmf import BEGIN_TIME, Meter, payload

PAIR = (
    'OCMF|{"FV":"1.0","PG":"T12345","MS":"BQ27400330016","RD":['
    '{"TM":"2018-07-24T13:22:04,000+0200 S","TX":"B","RV":2935.60,"RI":"1-b:1.8.0","RU":"kWh",'
    '"RT":"DC","EF":"","ST":"G"},'
    '{"TM":"2018-07-24T13:26:04,000+0200 S","TX":"E","RV":2965.1,"CL":0.5}]}|{"SD":"887FAB"}'
)


def test_every_field_has_its_place() -> None:
    text = payload(tx="B", at=BEGIN_TIME, page="T7", value="100.50")
    document = parse(f'OCMF|{text}|{{"SA":"ECDSA-secp256k1-SHA256","SD":" 00FF "}}')
    assert document.signed_text == text
    assert (document.signature.algorithm, document.signature.data) == (
        "ECDSA-secp256k1-SHA256",
        "00FF",
    )
    assert document.payload == Payload(
        version="1.0",
        gateway="SBC-301",
        gateway_serial="G-80",
        gateway_version="1.4p3",
        pagination=Pagination("T", 7),
        meter_vendor="Phoenix",
        meter_model="EEM-350",
        meter_serial="M1",
        meter_firmware="1.0",
        is_identified=True,
        identification_level="VERIFIED",
        identification_flags=("RFID_PLAIN", "OCPP_RS_TLS"),
        identification_type="ISO14443",
        identification="1F2D3A4F5506C7",
        charge_point_type="EVSEID",
        charge_point="DE*ABC*E1",
        readings=(
            Reading(
                at=datetime(2026, 3, 2, 8, tzinfo=UTC),
                time_text=BEGIN_TIME,
                time_status="S",
                reason="B",
                value=Decimal("100.50"),
                obis="1-b:1.8.0",
                unit="kWh",
                current_type="AC",
                status="G",
            ),
        ),
    )
    [reading] = document.payload.readings
    assert (reading.energy_wh, reading.resolution_wh) == (Decimal(100_500), Decimal(10))


def test_a_later_reading_takes_what_it_leaves_out_from_the_one_before() -> None:
    first, second = parse(PAIR).payload.readings
    assert (first.value, str(first.value), first.cumulated_loss) == (
        Decimal("2935.60"),
        "2935.60",
        None,
    )
    assert (second.unit, second.status, second.current_type, second.cumulated_loss) == (
        "kWh",
        "G",
        "DC",
        Decimal("0.5"),
    )
    assert (second.is_begin, second.is_end, first.is_begin) == (False, True, True)


def test_the_signed_text_is_every_character_between_the_bars() -> None:
    document = parse('  OCMF| {"PG" :  "T1",\n "MS":"a|b"} |\n {"SD":"00"} \n')
    assert document.signed_text == ' {"PG" :  "T1",\n "MS":"a|b"} '
    assert document.payload.meter == "a|b"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The text does not begin with “OCMF|”."),
        ("EDL|{}|{}", "The text does not begin with “OCMF|”."),
        ("OCMF|", "The payload section is not readable: the text is cut off or was changed."),
        (
            'OCMF|{"FV":',
            "The payload section is not readable: the text is cut off or was changed.",
        ),
        ("OCMF|[]|{}", "The payload section is no JSON object."),
        ("OCMF|{}", "The signature section is missing: the text seems to be cut off."),
        ("OCMF|{} x|{}", "The signature section is missing: the text seems to be cut off."),
        (
            'OCMF|{}|{"SD":"00',
            "The signature section is not readable: the text is cut off or was changed.",
        ),
        ('OCMF|{}|{"SD":"00"}x', "Something follows the signature section."),
        (
            'OCMF|{"a":' + "[" * 100_000,
            "The payload section is not readable: the text is cut off or was changed.",
        ),
        (
            'OCMF|{"a":NaN}|{}',
            "The payload section is not readable: the text is cut off or was changed.",
        ),
        (
            'OCMF|{"a":' + "9" * 5_000 + "}|{}",
            "The payload section is not readable: the text is cut off or was changed.",
        ),
        ("OCMF|" + " " * 1_048_577 + "x", "The text is longer than any signed meter value."),
    ],
)
def test_what_is_no_document(text: str, reason: str) -> None:
    with pytest.raises(OcmfError) as raised:
        parse(text)
    assert str(raised.value) == reason


def odd(fields: str) -> Document:
    return parse(f"OCMF|{{{fields}}}|{{}}")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ('"PG":"12"', Payload()),
        ('"PG":7', Payload()),
        ('"MS":12345', Payload(meter_serial="12345")),
        ('"IS":"yes","IF":"RFID","RD":{}', Payload()),
        ('"RD":[1,"x"]', Payload()),
        ('"TT":"Tarif 1","LC":{"LR":2}', Payload(others={"TT": "Tarif 1", "LC": {"LR": 2}})),
    ],
)
def test_a_field_of_the_wrong_kind_is_missing(fields: str, expected: Payload) -> None:
    assert odd(fields).payload == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12", Decimal(12)),
        ('"12.50"', Decimal("12.50")),
        ("1e3", Decimal("1e3")),
        ("true", None),
        ("null", None),
        ('"NaN"', None),
        ("1e999999999", None),
        ('"1e-999999999"', None),
        ('"a lot"', None),
    ],
)
def test_the_value_of_a_reading(value: str, expected: Decimal | None) -> None:
    [reading] = odd(f'"RD":[{{"RV":{value},"RU":"Wh"}}]').payload.readings
    assert reading.value == expected
    assert reading.energy_wh == expected


def test_other_units_are_no_energy() -> None:
    [reading] = odd('"RD":[{"RV":5,"RU":"mOhm"}]').payload.readings
    assert (reading.energy_wh, reading.resolution_wh) == (None, Decimal(0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2018-07-24T13:22:04,000+0200 S",
            (datetime(2018, 7, 24, 11, 22, 4, tzinfo=UTC), "S"),
        ),
        (
            "2018-07-24T13:22:04.250-05:30 R",
            (datetime(2018, 7, 24, 18, 52, 4, 250_000, tzinfo=UTC), "R"),
        ),
        ("2018-07-24T13:22:04Z", (datetime(2018, 7, 24, 13, 22, 4, tzinfo=UTC), "")),
        ("2018-07-24T13:22:04,000 U", (datetime(2018, 7, 24, 13, 22, 4, tzinfo=UTC), "U")),
        ("2018-13-24T13:22:04,000+0200 I", (None, "I")),
        ("0001-01-01T00:00:00,000+0200 I", (None, "I")),
        ("yesterday", (None, "")),
        ("", (None, "")),
    ],
)
def test_times(text: str, expected: tuple[datetime | None, str]) -> None:
    assert read_time(text) == expected


def test_a_signer_signs_what_is_parsed() -> None:
    assert parse(Meter().begin()).payload.meter == "M1"
