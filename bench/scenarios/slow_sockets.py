"""Two thousand sockets that never finish their request, while stations want to connect.

A third says nothing, the others drip a byte a second; whoever is closed hangs again at once. Beside
them stations with a right key ask and ask without reading any answer. As many stations dial at the
same pace before, with nobody hanging. Measured is what stations feel, and how soon the others are gone.
"""

from __future__ import annotations

from bench.cpu import Window
from bench.loadclient import LoadClient
from bench.options import Options
from bench.percentiles import spread
from bench.report import Report, step
from bench.roles.slow_sockets import DIALS_PER_SECOND
from bench.stack import Stack

HANGING = 2_000
QUICK_HANGING = 200
STATIONS = 1_000
QUICK_STATIONS = 100
DEAF = 20
_SECONDS = 180.0


def run(options: Options) -> Report:
    """Share of connects within two seconds; time until hanging sockets are closed."""
    report = Report("slow-sockets")
    with Stack(first_port=options.first_port) as stack:
        count = options.stations or (QUICK_STATIONS if options.quick else STATIONS)
        seeded = stack.seed(2 * count + DEAF)
        web = stack.web()
        web.start()
        plan = {
            "host": f"127.0.0.1:{web.port}",
            "quiet": seeded[:count],
            "stations": seeded[count : 2 * count],
            "deaf": seeded[2 * count :],
            "hanging": QUICK_HANGING if options.quick else HANGING,
        }
        with LoadClient("slow_sockets", plan, stack.directory) as client:
            client.wait_for("ready", _SECONDS)
            client.say("go")
            client.wait_for("quiet", _SECONDS)
            step(f"{plan['hanging']} sockets hang, {DEAF} read nothing")
            before = web.resident_kb()
            window = Window(stack.gauges(web))
            client.wait_for("dialled", _SECONDS)
            use, meanwhile = window.close(), web.resident_kb()
            client.wait_for("done", _SECONDS)
            result = client.result()
        report.figure("hanging sockets at any time", plan["hanging"] - result["failed"])
        _tell(report, result)
        report.figure("memory of the server before", before / 1024, "MB")
        report.figure("memory of the server meanwhile", meanwhile / 1024, "MB")
        report.figure("CPU of the server meanwhile", use.cpu["web"] / use.wall, "cores")
        web.stop()
    return report


def _tell(report: Report, result: dict[str, list[float]]) -> None:
    hung, deaf = result["hung_for"], result["deaf_for"]
    report.figure("sockets that hung and were closed", len(hung) - hung.count(-1.0))
    report.figure("of these not closed in time", hung.count(-1.0), at_most=0)
    report.figure("longest life of a hanging socket", max(hung), "s", at_most=10)
    report.figure("legitimate connects offered", DIALS_PER_SECOND, "/s")
    quiet, dials = result["quiet"], result["dials"]
    report.figure("nobody hanging: within 2 s", _prompt(quiet), "%")
    report.figure("nobody hanging: p99 of a connect", _p99(quiet), "s")
    report.figure("beside them: within 2 s", _prompt(dials), "%", at_least=99.9)
    report.figure("beside them: p99 of a connect", _p99(dials), "s")
    report.figure("stations that read nothing", len(deaf))
    report.figure("of these not closed within 45 s", deaf.count(-1.0), at_most=0)
    report.figure("longest life of one that was closed", max(deaf), "s")


def _prompt(dials: list[float]) -> float:
    return 100 * sum(0 <= seconds <= 2.0 for seconds in dials) / len(dials)


def _p99(dials: list[float]) -> float:
    return spread(seconds for seconds in dials if seconds >= 0).p99
