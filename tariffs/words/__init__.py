"""Tariffs in plain words, in the language of the reader: for drivers, staff and displays."""

from __future__ import annotations

from tariffs.words.headline import display_text, headline
from tariffs.words.lines import sentences, session_limits, total_limits, vat_note
from tariffs.words.results import LineWords, flag_words, line_words, quantity, reason, title

__all__ = [
    "LineWords",
    "display_text",
    "flag_words",
    "headline",
    "line_words",
    "quantity",
    "reason",
    "sentences",
    "session_limits",
    "title",
    "total_limits",
    "vat_note",
]
