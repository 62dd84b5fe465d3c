"""How many sessions a second one core prices: the product's only pricing function.

Sessions of twenty periods under tariffs as operators have them. The reference of the same run is
the naive way: every restriction asked in every little piece of time (the oracle of the tests).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from bench.options import Options
from bench.report import Report, step
from bench.tariffs import PERIODS, ZONE, Session, sessions, spot_prices, tariffs
from tariffs.pricing import price, rounded
from tariffs.pricing.terms import Terms
from tests.tariffs.oracle import expected_price

SESSIONS, QUICK_SESSIONS = 2_000, 200
_NAIVE_SHARE = 20
_ROUNDS = 5


def run(options: Options) -> Report:
    """Sessions a second, by kind of tariff and mixed; each window is CPU time."""
    report = Report("pricing")
    random = Random(options.seed)
    work = _Work(tariffs(), spot_prices(random))
    every = sessions(random, QUICK_SESSIONS if options.quick else SESSIONS)
    seconds = options.seconds / _ROUNDS
    rows = []
    for name in work.terms:
        step(name)
        mine = [session for session in every if session.tariff == name]
        rates = [_rate(do, mine, seconds / len(work.terms)) for do in (work.exact, work.shown)]
        rows.append([name, *(f"{rate:,.0f}" for rate in rates)])
        report.details[name] = rates
    report.table(
        f"Sessions of {PERIODS} periods a second", ["tariff", "price", "and rounded"], rows
    )
    step("mixed")
    alone, both, cold = (_rate(do, every, seconds) for do in (work.exact, work.shown, work.fresh))
    slow = _rate(work.naive, every[: len(every) // _NAIVE_SHARE], seconds)
    report.figure("sessions", len(every))
    report.figure("price", alone, "/s", at_least=5_000)
    report.figure("price and rounded", both, "/s", at_least=5_000)
    report.figure("price, of a tariff never seen before", cold, "/s")
    report.figure("the naive way", slow, "/s")
    report.figure("price by the naive way's", alone / slow, "x")
    return report


@dataclass(frozen=True, slots=True)
class _Work:
    """What is measured of one session."""

    terms: Mapping[str, Terms]
    spot: Mapping[tuple[str, int, int], Decimal]

    def exact(self, session: Session) -> None:
        price(self.terms[session.tariff], session.charging, ZONE, self.spot)

    def shown(self, session: Session) -> None:
        rounded(price(self.terms[session.tariff], session.charging, ZONE, self.spot))

    def fresh(self, session: Session) -> None:
        """As if the tariff had just been read."""
        price(replace(self.terms[session.tariff]), session.charging, ZONE, self.spot)

    def naive(self, session: Session) -> None:
        expected_price(self.terms[session.tariff], session.charging, ZONE, self.spot)


def _rate(work: Callable[[Session], None], over: list[Session], seconds: float) -> float:
    """Calls a second of this process's CPU time, over whole rounds for about so long."""
    for session in over[: len(over) // 10]:
        work(session)
    done = 0
    started = time.process_time()
    while (passed := time.process_time() - started) < seconds or not done:
        for session in over:
            work(session)
        done += len(over)
    return done / passed
