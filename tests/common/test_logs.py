from __future__ import annotations

import logging

import pytest

from common.logs import SuspiciousRequests


def record_of(name: str) -> logging.LogRecord:
    error = ValueError("a host that cannot be")
    info = (ValueError, error, None)
    return logging.LogRecord(name, logging.ERROR, __file__, 1, "Invalid host", (), info)


def test_a_suspicious_request_is_a_line_without_a_traceback() -> None:
    record = record_of("django.security.DisallowedHost")
    assert SuspiciousRequests().filter(record)
    assert logging.Formatter("{levelname} {message}", style="{").format(record) == (
        "WARNING Invalid host"
    )


def test_a_bad_request_is_a_line_without_a_traceback() -> None:
    record = record_of("django.request")
    record.levelno = logging.WARNING
    assert SuspiciousRequests().filter(record)
    assert record.exc_info is None


@pytest.mark.parametrize("name", ["django.request", "chargers.gateway.socket"])
def test_everything_else_keeps_its_traceback(name: str) -> None:
    record = record_of(name)
    assert SuspiciousRequests().filter(record)
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
