"""Closed loop of MeterValues: what one persisted reading costs, beside both references.

The same client loads, one after the other, the product, the floor (bare uvicorn that answers a
fixed CALLRESULT) and the naive way (one ORM transaction a message). Only the product's stations
check their keys, boot and start a transaction; none of that is in the measured window. A plain
client (asyncio and json of the standard library) loads the floor, too: what it spends on a message
is the measure of the machine's speed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bench import checks
from bench.cpu import Use, Window
from bench.loadclient import LoadClient
from bench.options import Options
from bench.percentiles import Spread, spread
from bench.report import Report, number, step
from bench.served import Served
from bench.stack import Stack

STATIONS = 1_000
_SET_UP_SECONDS = 180.0
_DRAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Run:
    """One server under the closed loop; `answers` are in milliseconds."""

    messages: int
    wall: float
    use: Use
    answers: Spread
    sessions: list[dict[str, Any]]

    @property
    def rate(self) -> float:
        return self.messages / self.wall

    @property
    def server_ms(self) -> float:
        """CPU milliseconds a message in all processes but the client."""
        names = [name for name in self.use.cpu if name != "client"]
        return self.use.ms_per(self.messages, names)

    @property
    def client_ms(self) -> float:
        return self.use.ms_per(self.messages, ["client"])


def run(options: Options) -> Report:
    """CPU a message by process, rate, latency, and whether everything is there afterwards."""
    report = Report("metervalues")
    with Stack(first_port=options.first_port) as stack:
        stations = stack.seed(options.stations or STATIONS)
        with stack.web() as web:
            product = measure(stack, web, stations, options.seconds, None)
        stored = checks.readings(stack, product.sessions)
        frames = checks.frames(stack, "MeterValues")
        refs = [session["ref"] for session in product.sessions]
        with stack.reference("floor") as floor_server:
            floor = measure(stack, floor_server, stations, options.seconds, refs)
            plain = measure(stack, floor_server, stations, options.seconds, refs, plain=True)
        with stack.reference("naive") as naive_server:
            naive = measure(stack, naive_server, stations, options.seconds, refs)
        report.details["database"] = stack.database_facts()
    runs = {"product": product, "floor": floor, "plain client": plain, "naive": naive}
    _tell_costs(report, runs)
    _tell_figures(report, runs)
    _tell_checks(report, stored, frames)
    return report


def measure(
    stack: Stack,
    server: Served,
    stations: list[dict[str, Any]],
    seconds: float,
    transactions: list[int] | None,
    *,
    protocol: str = "ocpp1.6",
    plain: bool = False,
) -> Run:
    """One server under the closed loop for so many seconds."""
    plan = {
        "protocol": protocol,
        "host": f"127.0.0.1:{server.port}",
        "stations": stations,
        "seconds": seconds,
        "transactions": transactions,
        "plain": plain,
    }
    with LoadClient("closed_loop", plan, stack.directory) as client:
        client.wait_for("ready", _SET_UP_SECONDS)
        step(f"measuring {server.name} for {seconds:g} s")
        gauges = stack.gauges(server)
        window = Window({**gauges, "client": client.cpu_seconds})
        client.say("go")
        client.wait_for("done", seconds + _DRAIN_SECONDS)
        use = window.close()
        result = client.result()
    return Run(
        messages=len(result["waits"]),
        wall=result["wall"],
        use=use,
        answers=spread(wait * 1000 for wait in result["waits"]),
        sessions=result["sessions"],
    )


def _tell_costs(report: Report, runs: dict[str, Run]) -> None:
    rows = []
    for name, run_ in runs.items():
        cost = run_.use.ms_by_name(run_.messages)
        server = sum(value for key, value in cost.items() if key in {"web", "floor", "naive"})
        rows.append(
            [
                name,
                number(run_.messages),
                number(run_.rate),
                *(f"{value:.3f}" for value in (server, cost["postgres"], cost["redis"])),
                f"{run_.server_ms:.3f}",
                f"{cost['client']:.3f}",
                *(
                    number(value)
                    for value in (run_.answers.p50, run_.answers.p95, run_.answers.p99)
                ),
                f"{run_.use.others / run_.use.wall:.2f}",
            ]
        )
        report.details[name] = {
            "messages": run_.messages,
            "rate": run_.rate,
            "cpu_ms": cost,
            "answers_ms": asdict(run_.answers),
            "wall": run_.wall,
            "others_cores": run_.use.others / run_.use.wall,
        }
    header = ["", "messages", "/s", "server", "postgres", "redis", "all", "client"]
    header += ["p50 ms", "p95 ms", "p99 ms", "others"]
    report.table(
        "CPU ms a message (server: the Python process; others: cores busy elsewhere)", header, rows
    )


def _tell_figures(report: Report, runs: Mapping[str, Run]) -> None:
    product, floor, naive = runs["product"], runs["floor"], runs["naive"]
    report.figure("CPU a message, all processes", product.server_ms, "ms", at_most=0.35)
    ratio = product.server_ms / runs["plain client"].client_ms
    report.figure("the same by a plain client's CPU", ratio, "x", at_most=2.5)
    report.figure("and by the lean client's", product.server_ms / product.client_ms, "x")
    report.figure("persisted messages", product.rate, "/s", at_least=3_000)
    report.figure("rate by the naive way's", product.rate / naive.rate, "x", at_least=8)
    report.figure("CPU by the floor's", product.server_ms / floor.server_ms, "x")
    report.figure("CPU saved against the naive way", naive.server_ms / product.server_ms, "x")


def _tell_checks(report: Report, stored: checks.Stored, frames: tuple[int, int]) -> None:
    logged, distinct = frames
    report.figure("acknowledged readings", stored.acknowledged)
    report.figure("of them missing", stored.missing, at_most=0)
    report.figure("of them stored twice", stored.surplus, at_most=0)
    report.figure("raw frames missing", max(stored.acknowledged - distinct, 0), at_most=0)
    report.figure("raw frames stored twice", logged - distinct, at_most=0)
