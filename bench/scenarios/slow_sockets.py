"""Two thousand sockets that never finish their request, while stations want to connect.

A third says nothing, the others drip a byte a second. Beside them stations with a right key ask
without reading any answer. Measured is what the others feel, and how soon the hanging ones are gone.
"""

from __future__ import annotations

from bench.loadclient import LoadClient
from bench.options import Options
from bench.percentiles import spread
from bench.report import Report
from bench.stack import Stack

HANGING = 2_000
QUICK_HANGING = 200
STATIONS = 500
QUICK_STATIONS = 100
DEAF = 20
_SECONDS = 180.0


def run(options: Options) -> Report:
    """Share of connects within two seconds; time until hanging sockets are closed."""
    report = Report("slow-sockets")
    with Stack(first_port=options.first_port) as stack:
        count = options.stations or (QUICK_STATIONS if options.quick else STATIONS)
        seeded = stack.seed(count + DEAF)
        web = stack.web()
        web.start()
        plan = {
            "host": f"127.0.0.1:{web.port}",
            "stations": seeded[:count],
            "deaf": seeded[count:],
            "hanging": QUICK_HANGING if options.quick else HANGING,
        }
        with LoadClient("slow_sockets", plan, stack.directory) as client:
            client.wait_for("ready", _SECONDS)
            before = web.resident_kb()
            client.say("go")
            client.wait_for("done", _SECONDS)
            result = client.result()
        _tell(report, result)
        report.figure("memory of the server meanwhile", before / 1000, "MB")
        web.stop()
    return report


def _tell(report: Report, result: dict[str, list[float]]) -> None:
    dials = result["dials"]
    good = [seconds for seconds in dials if seconds >= 0]
    share = 100 * sum(seconds <= 2.0 for seconds in good) / len(dials)
    hung, deaf = result["hung_for"], result["deaf_for"]
    report.figure("hanging sockets, the later ones included", len(hung))
    report.figure("of these not closed at all", hung.count(-1.0), at_most=0)
    report.figure("legitimate connects", len(dials))
    report.figure("of these within 2 s", share, "%", at_least=99.9)
    report.figure("p99 of a connect", spread(good).p99, "s")
    report.figure("longest life of a hanging socket", max(hung), "s", at_most=10)
    report.figure("stations that read nothing", len(deaf))
    # Answers are small: they fit the buffers for long, and then the socket is closed.
    report.figure("of these still taking answers after 45 s", deaf.count(-1.0))
