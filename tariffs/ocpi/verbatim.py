"""How a peer spelt what we spell otherwise, so that an imported tariff goes back word for word.

A patch says: where we would write `ours`, it stood as `given`. It is used only where we still
would, so it never brings back what has changed since.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tariffs.ocpi.figures import number
from tariffs.pricing.fields import Document

# {"path": ["elements", 0, "restrictions"], "ours": …, "given": …}; what is absent was not there
Patch = Mapping[str, Any]
Path = tuple[str | int, ...]


def patches(ours: object, given: object, path: Path = ()) -> Iterator[Document]:
    """What differs between two JSON values; numbers are compared as decimals."""
    if isinstance(ours, Mapping) and isinstance(given, Mapping):
        for key in dict.fromkeys((*ours, *given)):
            if key not in given:
                yield {"path": [*path, key], "ours": ours[key]}
            elif key not in ours:
                yield {"path": [*path, key], "given": storable(given[key])}
            else:
                yield from patches(ours[key], given[key], (*path, key))
    elif isinstance(ours, list) and isinstance(given, list) and len(ours) == len(given):
        for index, pair in enumerate(zip(ours, given, strict=True)):
            yield from patches(*pair, (*path, index))
    elif not same(ours, given):
        yield {"path": list(path), "ours": ours, "given": storable(given)}


def same(one: object, other: object) -> bool:
    """Equal as JSON: 1 is 1.0, but not true and not "1"."""
    if _is_number(one) and _is_number(other):
        return Decimal(str(one)) == Decimal(str(other))
    return type(one) is type(other) and one == other


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def storable(value: object) -> Any:
    """The same JSON without decimals, which the database's JSON does not take."""
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, Mapping):
        return {key: storable(inner) for key, inner in value.items()}
    return [storable(inner) for inner in value] if isinstance(value, list | tuple) else value


def restored(document: Document, as_given: Sequence[Patch]) -> Document:
    """The document with the spellings of those patches whose place still says what it said."""
    result: Document = copy.deepcopy(document)
    for patch in as_given:
        _restore(result, patch)
    return result


def _restore(document: Document, patch: Patch) -> None:
    *parents, last = patch["path"]
    holder: Any = document
    for step in parents:
        holder = _step(holder, step)
        if holder is None:
            return
    if _holds(holder, last) != ("ours" in patch) or not isinstance(holder, dict | list):
        return
    if "ours" in patch and list(patches(holder[last], patch["ours"])):
        return
    if "given" in patch:
        holder[last] = copy.deepcopy(patch["given"])
    else:
        del holder[last]


def _step(holder: Any, step: str | int) -> Any:
    return holder[step] if _holds(holder, step) else None


def _holds(holder: Any, step: str | int) -> bool:
    if isinstance(holder, list):
        return isinstance(step, int) and step < len(holder)
    return isinstance(holder, dict) and step in holder
