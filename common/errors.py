"""The base of every refusal by a service: `UnableToX` with messages for the fields concerned."""

from __future__ import annotations

from collections.abc import Mapping


class UnableTo(Exception):
    """A service refused and changed nothing. Subclasses are named after what was asked for.

    Attributes:
        message: one sentence for a person, about the whole request.
        errors: field name -> sentence; empty when no single field is to blame.
    """

    def __init__(self, message: str = "", *, errors: Mapping[str, str] | None = None) -> None:
        self.errors: dict[str, str] = dict(errors or {})
        self.message = message or " ".join(self.errors.values())
        super().__init__(self.message)
