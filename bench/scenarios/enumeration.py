"""Can somebody without a key tell by the answer, or by its time, which identities exist?

Wrong keys are shown in turn for stations that there are and for such that there are not, one at a
time, from ever other addresses (failing often is slow by itself). The whole answer but its date is
compared.
"""

from __future__ import annotations

from bench.loadclient import LoadClient
from bench.options import Options
from bench.percentiles import spread
from bench.report import Report
from bench.stack import Stack

TRIES = 1_000
QUICK_TRIES = 100
_SECONDS = 300.0


def run(options: Options) -> Report:
    """Different answers; difference of the medians of their times."""
    report = Report("enumeration")
    with Stack(first_port=options.first_port) as stack:
        tries = QUICK_TRIES if options.quick else TRIES
        stations = stack.seed(options.stations or tries)
        web = stack.web()
        web.start()
        plan = {"host": f"127.0.0.1:{web.port}", "stations": stations, "tries": tries}
        with LoadClient("enumeration", plan, stack.directory) as client:
            client.wait_for("ready", _SECONDS)
            client.say("go")
            client.wait_for("done", _SECONDS)
            result = client.result()
        web.stop()
    wrong, unknown = (spread(result["seconds"][kind]) for kind in ("wrong", "unknown"))
    answers = {text for texts in result["answers"].values() for text in texts}
    report.figure("tries of each kind", wrong.count)
    report.figure("different answers", len(answers), at_most=1)
    report.figure("of these a 401", sum(text.startswith("HTTP/1.1 401 ") for text in answers))
    report.figure("wrong key: median answer", wrong.p50 * 1000, "ms")
    report.figure("unknown identity: median answer", unknown.p50 * 1000, "ms")
    report.figure("difference of the medians", abs(wrong.p50 - unknown.p50) * 1000, "ms", at_most=5)
    report.figure("wrong key: p95", wrong.p95 * 1000, "ms")
    report.figure("unknown identity: p95", unknown.p95 * 1000, "ms")
    return report
