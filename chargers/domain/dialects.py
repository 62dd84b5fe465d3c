"""Prices in a make's own DataTransfer, filled in from a template (data: `chargers.quirks.displays`)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Values = Mapping[str, Any]
_NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A message of a dialect; `data` is a text or what becomes JSON."""

    vendor_id: str
    message_id: str
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a make is told prices; None where it has no message for it.

    Attributes:
        announced_by: names of variables that are true where the dialect is spoken.
    """

    name: str
    announced_by: tuple[str, ...] = ()
    tariff: Template | None = None
    running_cost: Template | None = None
    final_cost: Template | None = None


def fill_in(template: Template, values: Values) -> str:
    """The data of a DataTransfer; entries whose value is None or empty are left out.

    Raises:
        KeyError: the template names a value that there is none of.
    """
    if isinstance(template.data, str):
        return _NAME.sub(lambda match: _text(values[match[1]]), template.data)
    return json.dumps(_filled(template.data, values), ensure_ascii=False)


def _filled(part: Any, values: Values) -> Any:
    if isinstance(part, str):
        whole = _NAME.fullmatch(part)
        if whole is not None:
            return _plain(values[whole[1]])
        return _NAME.sub(lambda match: _text(values[match[1]]), part)
    if isinstance(part, Mapping):
        filled = {name: _filled(inner, values) for name, inner in part.items()}
        return {name: inner for name, inner in filled.items() if inner not in (None, "")}
    if isinstance(part, list):
        return [_filled(inner, values) for inner in part]
    return part


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _text(value: Any) -> str:
    return "" if value is None else str(value)
