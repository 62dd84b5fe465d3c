"""The versions of a tariff as a timeline, and what one changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from tariffs import words
from tariffs.models import TariffVersion
from tariffs.selectors.terms import terms_of


@dataclass(frozen=True, kw_only=True)
class VersionView:
    """A version as the page of its tariff shows it.

    Attributes:
        ends_at: when the next one begins; None: it is the last one, or was withdrawn.
        before: the version that it takes over from.
    """

    version: TariffVersion
    headline: str
    is_current: bool
    is_scheduled: bool
    ends_at: datetime | None = None
    before: TariffVersion | None = None

    @property
    def state(self) -> str:
        """For its mark: see `common.states`."""
        if self.is_current:
            return "available"
        if self.version.withdrawn_at is not None:
            return "unavailable"
        return "reserved" if self.is_scheduled else "offline"


class Change(NamedTuple):
    """A sentence that a version adds, or takes away."""

    is_new: bool
    text: str


def version_views(versions: Sequence[TariffVersion], *, now: datetime) -> list[VersionView]:
    """In order of their beginning, the last one first; withdrawn ones among them."""
    kept = sorted((v for v in versions if v.withdrawn_at is None), key=lambda v: v.valid_from)
    current = next((v for v in reversed(kept) if v.valid_from <= now), None)
    after = {one.pk: other for one, other in pairwise(kept)}
    before = {other.pk: one for one, other in pairwise(kept)}
    return [
        VersionView(
            version=version,
            headline=words.headline(terms_of(version)),
            is_current=version == current,
            is_scheduled=version.withdrawn_at is None and version.valid_from > now,
            ends_at=after[version.pk].valid_from if version.pk in after else None,
            before=before.get(version.pk),
        )
        for version in sorted(versions, key=lambda v: (v.valid_from, v.number), reverse=True)
    ]


def changes_of(view: VersionView) -> list[Change]:
    """What a version says other than the one before it, sentence by sentence."""
    if view.before is None:
        return []
    old, new = _sentences(view.before), _sentences(view.version)
    gone = [Change(is_new=False, text=text) for text in old if text not in new]
    return gone + [Change(is_new=True, text=text) for text in new if text not in old]


def _sentences(version: TariffVersion) -> list[str]:
    terms = terms_of(version)
    return [
        *words.sentences(terms),
        *words.total_limits(terms),
        *words.session_limits(version, terms.currency),
        *filter(None, [words.vat_note(terms)]),
    ]
