"""`python -m bench [scenario …]`: measure the product on this machine and say so.

Every scenario starts PostgreSQL (fsync on) and Redis for itself, where it needs them, and leaves
nothing behind. The figures are printed beside those to reach and written to var/bench/ as JSON.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import FrameType

from bench.cpu import raise_file_limit
from bench.options import Options
from bench.report import ROOT, Report, environment, write_json
from bench.scenarios import (
    big_frames,
    connections,
    enumeration,
    flood,
    fuzz,
    idle_latency,
    metervalues,
    pages,
    pricing,
    pricing_oracle,
    reprice,
    session,
    slow_sockets,
    storm,
    takeovers,
    transaction_events,
)
from bench.served import UnableToServe
from bench.stack import BenchFailed
from tests.support.servers import UnableToStartServer

SCENARIOS: dict[str, Callable[[Options], Report]] = {
    "metervalues": metervalues.run,
    "session": session.run,
    "connections": connections.run,
    "storm": storm.run,
    "takeovers": takeovers.run,
    "slow-sockets": slow_sockets.run,
    "enumeration": enumeration.run,
    "pages": pages.run,
    "reprice": reprice.run,
    "idle-latency": idle_latency.run,
    "transaction-events": transaction_events.run,
    "pricing": pricing.run,
    "pricing-oracle": pricing_oracle.run,
    "fuzz": fuzz.run,
    "flood": flood.run,
    "big-frames": big_frames.run,
}
_QUICK_SECONDS = 4.0


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    chosen: list[str] = options.scenario or list(SCENARIOS)
    sizes = Options(
        stations=options.stations,
        seconds=min(options.seconds, _QUICK_SECONDS) if options.quick else options.seconds,
        quick=options.quick,
        first_port=options.first_port,
        seed=options.seed,
        pairs=options.pairs,
    )
    raise_file_limit()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    started = datetime.now(UTC)
    machine = environment()
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    reports = []
    for name in chosen:
        report = _run(name, sizes)
        print(f"\n{report.text()}", flush=True)
        reports.append(report)
    path = ROOT / "var" / "bench" / f"{started:%Y%m%dT%H%M%SZ}.json"
    content = {
        "started_at": started.isoformat(),
        "command": ["python", "-m", "bench", *(sys.argv[1:] if arguments is None else arguments)],
        "quick": options.quick,
        "environment": machine,
        "reports": [report.to_json() for report in reports],
    }
    write_json(path, content)
    missed = [f"{report.scenario}: {figure.name}" for report in reports for figure in report.missed]
    print(f"Written to {path.relative_to(ROOT)}.", "Missed: " + "; ".join(missed) if missed else "")
    failed = any(report.failure for report in reports)
    return 1 if failed or (missed and options.strict) else 0


def _run(name: str, options: Options) -> Report:
    """The report of a scenario; one that fails must not cost the others theirs."""
    try:
        return SCENARIOS[name](options)
    except (BenchFailed, UnableToServe, UnableToStartServer) as error:
        return Report(name, failure=str(error))


def _leave(number: int, _frame: FrameType | None) -> None:
    """End by unwinding, so that no server is left behind."""
    raise SystemExit(128 + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[[], *SCENARIOS], help="default: all")
    parser.add_argument("--stations", type=int, default=0, help="default: what the figure asks")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measured window")
    parser.add_argument("--quick", action="store_true", help="a small trial run")
    parser.add_argument("--strict", action="store_true", help="fail when a figure is missed")
    parser.add_argument(
        "--first-port", type=int, default=0, help="of the web servers; 0 takes free ones"
    )
    parser.add_argument("--seed", type=int, default=1, help="of what is random (fuzz, pricing)")
    parser.add_argument(
        "--pairs", type=int, default=0, help="of tariff and session (pricing-oracle)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
