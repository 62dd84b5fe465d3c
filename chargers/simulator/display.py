"""The display of a simulated station: messages it holds, costs and tariffs it was told."""

from __future__ import annotations

from dataclasses import dataclass, field

from chargers.simulator.neutral import Json

MAX_MESSAGES = 50


@dataclass(slots=True)
class Display:
    """What people in front of the station can read.

    Attributes:
        messages: MessageInfo by id.
        costs: every cost in the order in which it was told, as (transaction, amount).
        bills: final cost by transaction.
        tariffs: text by token or transaction.
    """

    messages: dict[int, Json] = field(default_factory=dict)
    costs: list[tuple[str, float]] = field(default_factory=list)
    bills: dict[str, float] = field(default_factory=dict)
    tariffs: dict[str, str] = field(default_factory=dict)

    def show(self, info: Json, running: set[str]) -> str:
        """Take a MessageInfo; returns a SetDisplayMessage status."""
        reference = info.get("transactionId")
        if reference is not None and reference not in running:
            return "UnknownTransaction"
        if info["message"]["format"] not in {"UTF8", "ASCII"}:
            return "NotSupportedMessageFormat"
        number = int(info["id"])
        if number not in self.messages and len(self.messages) >= MAX_MESSAGES:
            return "Rejected"
        self.messages[number] = info
        return "Accepted"

    def clear(self, number: int) -> str:
        """Forget a message; returns a ClearDisplayMessage status."""
        return "Unknown" if self.messages.pop(number, None) is None else "Accepted"

    def matching(self, criteria: Json) -> list[Json]:
        """Messages that a GetDisplayMessages asks for, by id."""
        wanted = criteria.get("id")
        return [
            info
            for number, info in sorted(self.messages.items())
            if (wanted is None or number in wanted)
            and criteria.get("priority") in (None, info["priority"])
            and criteria.get("state") in (None, info.get("state"))
        ]

    def texts(self) -> list[str]:
        """What is written on it, by id."""
        return [info["message"]["content"] for _, info in sorted(self.messages.items())]

    def end(self, reference: str | None) -> None:
        """The messages of a transaction go with it."""
        over = [n for n, info in self.messages.items() if info.get("transactionId") == reference]
        for number in over if reference is not None else ():
            del self.messages[number]
