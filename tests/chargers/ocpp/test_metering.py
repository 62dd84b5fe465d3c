from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chargers.domain.messages import Reading, SignedData
from chargers.ocpp.metering import read_meter_values
from chargers.ocpp.notes import Notes

AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
ENERGY = "Energy.Active.Import.Register"
POWER = "Power.Active.Import"


def read(*samples: dict[str, Any]) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    notes = Notes()
    value = {"timestamp": "2026-03-01T12:00:00Z", "sampledValue": list(samples)}
    return read_meter_values([value], notes, "meterValue"), notes.as_tuple()


def one(*samples: dict[str, Any]) -> Reading:
    readings, notes = read(*samples)
    assert notes == ()
    [reading] = readings
    return reading


def sample(value: Any, measurand: str, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {"value": value, "measurand": measurand, **({"unit": unit} if unit else {}), **more}


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("1234", None, 1234),
        ("1234", "Wh", 1234),
        ("1.234", "kWh", 1234),
        ("1.234", "KWH", 1234),
        ("0.001234", "MWh", 1234),
        (" 1234 ", "Wh", 1234),
        ("+12.0", "Wh", 12),
        ("1.2e3", "Wh", 1200),
        ("-5", "Wh", -5),
        (1234, "Wh", 1234),
        (0.1, "kWh", 100),
        (26008.333, "Wh", 26008),
        # half-even, once, after scaling
        ("0.5", "Wh", 0),
        ("1.5", "Wh", 2),
        ("2.5", "Wh", 2),
        ("0.0025", "kWh", 2),
        ("0.00249999999", "kWh", 2),
        ("0.0035", "kWh", 4),
    ],
)
def test_energy(value: Any, unit: str | None, expected: int) -> None:
    assert one(sample(value, ENERGY, unit)) == Reading(device_at=AT, energy_wh=expected)


def test_defaults_of_a_bare_value() -> None:
    assert one({"value": "7"}) == Reading(device_at=AT, context="Sample.Periodic", energy_wh=7)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ({"unit": "Wh", "multiplier": 3}, 4500),
        ({"unit": "kWh", "multiplier": -3}, 4),
        ({"multiplier": 1}, 45),
        ({"unit": "kWh"}, 4500),
        ({}, 4),
    ],
)
def test_unit_of_measure(measure: dict[str, Any], expected: int) -> None:
    assert one({"value": 4.5, "measurand": ENERGY, "unitOfMeasure": measure}).energy_wh == expected


def test_power_current_voltage_and_state_of_charge() -> None:
    assert one(
        sample("7.36", POWER, "kW"),
        sample("32", "Current.Import"),
        sample("400.25", "Voltage", "V"),
        sample("55.5", "SoC", "Percent", location="EV"),
    ) == Reading(
        device_at=AT,
        power_w=7360,
        current_ma=(32_000, None, None),
        voltage_mv=400_250,
        soc_percent=56,
    )


def test_milliamperes_and_millivolts() -> None:
    reading = one(sample("16050", "Current.Import", "mA"), sample("230100", "Voltage", "mV"))
    assert (reading.current_ma[0], reading.voltage_mv) == (16_050, 230_100)


def test_power_is_summed_over_phases_and_rounded_once() -> None:
    reading = one(*(sample("100.4", POWER, "W", phase=phase) for phase in ("L1", "L2-N", "L3")))
    assert reading.power_w == 301
    assert reading.extra == {
        f"{POWER}.L1": "100.4 W",
        f"{POWER}.L2-N": "100.4 W",
        f"{POWER}.L3": "100.4 W",
    }


def test_the_total_is_preferred_to_the_phases() -> None:
    reading = one(sample("100", POWER, phase="L1"), sample("350", POWER))
    assert (reading.power_w, reading.extra) == (350, {f"{POWER}.L1": "100 W"})


def test_phases_of_current_and_voltage() -> None:
    reading = one(
        sample("1", "Current.Import", phase="L2"),
        sample("2", "Current.Import", phase="L3"),
        sample("9", "Current.Import"),
        sample("0.1", "Current.Import", phase="N"),
        sample("231", "Voltage", phase="L2-N"),
        sample("230", "Voltage", phase="L1-N"),
        sample("400", "Voltage", phase="L1-L2"),
    )
    assert reading.current_ma == (None, 1000, 2000)
    assert reading.voltage_mv == 230_000
    assert reading.extra == {
        "Current.Import": "9 A",
        "Current.Import.N": "0.1 A",
        "Voltage.L2-N": "231 V",
        "Voltage.L1-L2": "400 V",
    }


@pytest.mark.parametrize("outlet", [{}, {"location": "Outlet"}])
@pytest.mark.parametrize("outlet_first", [True, False])
def test_the_outlet_is_preferred_to_the_inlet(outlet: dict[str, str], outlet_first: bool) -> None:
    samples = [sample("100", ENERGY, **outlet), sample("110", ENERGY, location="Inlet")]
    reading = one(*(samples if outlet_first else reversed(samples)))
    assert (reading.energy_wh, reading.extra) == (100, {f"{ENERGY}@Inlet": "110 Wh"})


def test_the_first_of_two_equal_samples_counts() -> None:
    reading = one(sample("100", ENERGY), sample("200", ENERGY))
    assert (reading.energy_wh, reading.extra) == (100, {ENERGY: "200 Wh"})


def test_other_measurands_are_kept_as_text() -> None:
    reading = one(
        sample("31", "Temperature", "Celsius", location="Body"),
        sample("-6", "Current.Export", "A"),
        sample("wild guess", "Vendor.Thing"),
        {"value": 2, "measurand": "Frequency", "unitOfMeasure": {"unit": "Hz", "multiplier": 1}},
    )
    assert reading == Reading(
        device_at=AT,
        extra={
            "Temperature@Body": "31 Celsius",
            "Current.Export": "-6 A",
            "Vendor.Thing": "wild guess",
            "Frequency": "20 Hz",
        },
    )


@pytest.mark.parametrize(
    ("bad", "shown"),
    [
        (sample("abc", ENERGY), "abc Wh"),
        (sample("", ENERGY), "Wh"),
        (sample("NaN", ENERGY), "NaN Wh"),
        (sample("Infinity", ENERGY), "Infinity Wh"),
        (sample("1e999999", ENERGY), "1e999999 Wh"),
        (sample("1" * 41, ENERGY), "1" * 41 + " Wh"),
        (sample("1_000", ENERGY), "1_000 Wh"),
        (sample("1,5", ENERGY), "1,5 Wh"),
        (sample("5", ENERGY, "W"), "5 W"),
        (sample("5", ENERGY, "mWh"), "5 mWh"),
        (sample("2000000000", ENERGY, "MWh"), "2000000000 MWh"),
        ({"value": 5, "unitOfMeasure": {"multiplier": 99}}, "5 Wh"),
        ({"value": 5, "unitOfMeasure": {"multiplier": 1.5}}, "5 Wh"),
    ],
)
def test_unreadable_values_are_kept_and_warned(bad: dict[str, Any], shown: str) -> None:
    readings, notes = read(bad, sample("1", POWER))
    assert readings == (Reading(device_at=AT, power_w=1, extra={ENERGY: shown}),)
    assert notes == (f"meterValue.0.sampledValue: unusable {ENERGY}",)


@pytest.mark.parametrize("value", ["101", "-1"])
def test_impossible_state_of_charge(value: str) -> None:
    readings, notes = read(sample(value, "SoC"))
    assert readings == (Reading(device_at=AT, extra={"SoC": f"{value} Percent"}),)
    assert notes == ("meterValue.0.sampledValue: unusable SoC",)


def test_signed_values_are_kept_as_they_came_and_not_read() -> None:
    document = 'OCMF|{"PG": "T1"}|{"SD":"00"} \n' + "x" * 20_000
    reading = one({"value": document, "format": "SignedData", "context": "Transaction.End"})
    assert reading == Reading(
        device_at=AT, context="Transaction.End", signed=(SignedData(data=document),)
    )
    assert not reading.has_figures


def test_a_signed_value_beside_the_plain_one() -> None:
    signed = {
        "signedMeterData": "T0NNRg==",
        "signingMethod": "ECDSA-secp256r1-SHA256",
        "encodingMethod": "OCMF",
        "publicKey": "MFkw",
    }
    reading = one({"value": 5, "signedMeterValue": signed})
    assert reading == Reading(
        device_at=AT,
        energy_wh=5,
        signed=(
            SignedData(
                data="T0NNRg==",
                measurand=ENERGY,
                encoding_method="OCMF",
                signing_method="ECDSA-secp256r1-SHA256",
                public_key="MFkw",
            ),
        ),
    )
    assert reading.has_figures


@pytest.mark.parametrize(
    "odd",
    [{}, {"signedMeterData": ""}, {"signedMeterData": 5}, {"publicKey": "MFkw"}, "text", None],
)
def test_a_signed_value_without_data_is_none(odd: Any) -> None:
    assert one({"value": 5, "signedMeterValue": odd}) == Reading(device_at=AT, energy_wh=5)


def test_contexts_make_readings_of_their_own() -> None:
    readings, _ = read(
        sample("1", ENERGY, context="Transaction.Begin"),
        sample("9", ENERGY, context="Transaction.End"),
        sample("5", POWER, context="Transaction.Begin"),
    )
    assert readings == (
        Reading(device_at=AT, context="Transaction.Begin", energy_wh=1, power_w=5),
        Reading(device_at=AT, context="Transaction.End", energy_wh=9),
    )


def test_no_samples_no_reading() -> None:
    assert read() == ((), ())
    assert read_meter_values([{}], Notes(), "meterValue") == ()


def test_a_flood_of_inventions_is_bounded() -> None:
    readings, _ = read(*(sample("1", f"Vendor.{i}") for i in range(500)))
    assert len(readings[0].extra) == 100


def test_a_reading_without_time_is_a_reading() -> None:
    notes = Notes()
    readings = read_meter_values([{"sampledValue": [{"value": "1"}]}], notes, "transactionData")
    assert readings == (Reading(device_at=None, energy_wh=1),)
