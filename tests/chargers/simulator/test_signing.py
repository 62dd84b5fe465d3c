from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from chargers.ocmf import Verdict, parse, read_key, verify
from chargers.simulator.neutral import Context, IdToken, Reading
from chargers.simulator.signing import MeterSigner

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
TOKEN = IdToken("04A1B2C3")


def reading(context: Context = Context.BEGIN) -> Reading:
    return Reading(at=AT, context=context, energy_wh=12_345_678, power_w=0)


@pytest.mark.parametrize(("spoiled", "verdict"), [(False, Verdict.VALID), (True, Verdict.INVALID)])
def test_a_signed_reading(spoiled: bool, verdict: Verdict) -> None:
    signer = MeterSigner.make(Random(7), "SIM-1")
    signer.spoiled = spoiled
    first = signer.sign(reading(), TOKEN)
    last = signer.sign(reading(Context.END), TOKEN)
    assert first.signed is not None
    assert last.signed is not None
    begin, end = parse(first.signed.document), parse(last.signed.document)
    assert verify(begin, read_key(first.signed.public_key)).verdict is verdict
    assert (str(begin.payload.pagination), str(end.payload.pagination)) == ("T1", "T2")
    assert begin.payload.readings[0].at == AT
    assert (begin.payload.readings[0].is_begin, end.payload.readings[0].is_end) == (True, True)
    if not spoiled:
        assert begin.payload.readings[0].energy_wh == 12_345_678
    assert (first.energy_wh, first.context) == (12_345_678, Context.BEGIN)


def test_each_station_has_a_key_of_its_own() -> None:
    keys = {MeterSigner.make(Random(seed), "S").public_key for seed in range(5)}
    assert len(keys) == 5
