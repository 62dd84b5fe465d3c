"""Closed loop of OCPP 2.0.1 TransactionEvent Updated with four sampled values: what one costs."""

from __future__ import annotations

from dataclasses import asdict

from bench import checks
from bench.options import Options
from bench.report import Report
from bench.scenarios.metervalues import STATIONS, measure
from bench.stack import Stack


def run(options: Options) -> Report:
    """CPU a message by process, rate, latency, and whether everything is there afterwards."""
    report = Report("transaction-events")
    with Stack(first_port=options.first_port) as stack:
        stations = stack.seed(options.stations or STATIONS)
        with stack.web() as web:
            product = measure(stack, web, stations, options.seconds, None, protocol="ocpp2.0.1")
        stored = checks.readings(stack, product.sessions)
        logged, distinct = checks.frames(stack, "TransactionEvent")
        report.details["database"] = stack.database_facts()
    cost = product.use.ms_by_name(product.messages)
    report.details["product"] = {"cpu_ms": cost, "answers_ms": asdict(product.answers)}
    report.figure("CPU a message, all processes", product.server_ms, "ms", at_most=0.45)
    for name in ("web", "postgres", "redis"):
        report.figure(f"of it {name}", cost[name], "ms")
    report.figure("the same by the load client's CPU", product.server_ms / product.client_ms, "x")
    report.figure("persisted messages", product.rate, "/s")
    report.figure("p95 answer", product.answers.p95, "ms")
    report.figure("acknowledged readings", stored.acknowledged)
    report.figure("of them missing", stored.missing, at_most=0)
    report.figure("of them stored twice", stored.surplus, at_most=0)
    report.figure("raw frames stored twice", logged - distinct, at_most=0)
    return report
