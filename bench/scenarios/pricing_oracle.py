"""Does the pricing engine say what the rule book says, over random tariffs and sessions?

The oracle of the tests is a second implementation of docs/algorithms/pricing.md. Exact totals,
every line, flags, and the rounding with its lines and taxes are compared.
"""

from __future__ import annotations

import time
from collections import Counter
from random import Random

from bench.options import Options
from bench.report import Report, step
from tariffs.pricing.charging import State
from tests.tariffs.compare import differences
from tests.tariffs.generate import Pair, pair

PAIRS, QUICK_PAIRS = 100_000, 2_000
_SHOWN = 5
_STEPS = 10


def run(options: Options) -> Report:
    """Differences over `--pairs` pairs; pair n of seed s is `pair(Random(f"{s} {n}"))`."""
    report = Report("pricing-oracle")
    pairs = options.pairs or (QUICK_PAIRS if options.quick else PAIRS)
    seen: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    started = time.monotonic()
    for number in range(pairs):
        if number % max(1, pairs // _STEPS) == 0:
            step(f"{number:,} of {pairs:,} pairs with seed {options.seed}")
        seed = f"{options.seed} {number}"
        given = pair(Random(seed))
        seen.update(_kinds(given))
        found = differences(given)
        if found:
            examples[seed] = found
    report.details |= {"examples": examples, "kinds": dict(seen)}
    if examples:
        rows = [[seed, "; ".join(found)[:160]] for seed, found in examples.items()]
        report.table("Differences", ["pair", "difference"], rows[:_SHOWN])
    report.table(
        "What the pairs have", ["", "pairs"], [[k, f"{n:,}"] for k, n in sorted(seen.items())]
    )
    report.figure("seed", options.seed)
    report.figure("pairs", pairs)
    report.figure("differences", len(examples), at_most=0)
    report.figure("pairs a second", pairs / (time.monotonic() - started), "/s")
    return report


def _kinds(given: Pair) -> set[str]:
    """What a pair has, so that a run can say what it has tried."""
    terms = given.terms
    components = [c for element in terms.elements for c in element.components]
    states = {period.state for period in given.charging.periods}
    limits = {
        field
        for element in terms.elements
        for field, value in vars(element.restrictions).items()
        if value not in (None, frozenset())
    }
    has = {
        "spot prices": any(c.spot for c in components),
        "steps": any(c.step_size > 1 for c in components),
        "caps": terms.caps,
        "minimum": terms.min_price,
        "maximum": terms.max_price,
        "prices with VAT": terms.tax_included,
        "several rates of VAT": len({c.vat for c in components}) > 1,
        "a reservation": State.RESERVED in states,
        "a lapsed reservation": given.charging.reservation_expired,
        "idle": State.IDLE in states,
        "paused": State.PAUSED in states,
    }
    return {name for name, value in has.items() if value} | {f"by {name}" for name in limits}
