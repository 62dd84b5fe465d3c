"""Portal pages (to be done)."""

from __future__ import annotations

from bench.options import Options
from bench.report import Report


def run(options: Options) -> Report:
    raise NotImplementedError(options)
