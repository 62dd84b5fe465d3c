"""What chargers' services refuse, each with a sentence a person can read."""

from __future__ import annotations

from common.errors import UnableTo

__all__ = [
    "UnableTo",
    "UnableToChangeCertificate",
    "UnableToCommand",
    "UnableToDeleteLocation",
    "UnableToDeleteStation",
    "UnableToFinish",
    "UnableToImport",
    "UnableToReserve",
    "UnableToReview",
    "UnableToRollOut",
    "UnableToSaveLocation",
    "UnableToSaveMeterKey",
    "UnableToSaveQuirkRule",
    "UnableToSaveStation",
    "UnableToSaveTemplate",
    "UnableToSetKey",
]


class UnableToCommand(UnableTo):
    """The command cannot be given to this station now."""


class UnableToReserve(UnableToCommand):
    """The station cannot keep an EVSE like this, or give it free."""


class UnableToFinish(UnableTo):
    """Items of the commissioning list have not come, and nobody said to go on without."""


class UnableToSaveStation(UnableTo):
    """A station cannot be added or changed like this."""


class UnableToDeleteStation(UnableTo):
    """The station has a history that must be kept."""


class UnableToSetKey(UnableTo):
    """The key is not fit for a station."""


class UnableToSaveMeterKey(UnableTo):
    """The text is no public key, or the place does not exist."""


class UnableToSaveLocation(UnableTo):
    """A location cannot be added or changed like this."""


class UnableToDeleteLocation(UnableTo):
    """The location is in use."""


class UnableToChangeCertificate(UnableTo):
    """A certificate, a root or a request cannot be changed like this."""


class UnableToImport(UnableTo):
    """The file cannot be used, or not in this state."""


class UnableToReview(UnableTo):
    """The transaction is not waiting for a review."""


class UnableToSaveQuirkRule(UnableTo):
    """A rule on a make says nothing, or something that makes no sense."""


class UnableToSaveTemplate(UnableTo):
    """A configuration template says nothing, or something that makes no sense."""


class UnableToRollOut(UnableTo):
    """A template cannot be sent to these stations, or a roll-out is not in this state."""
