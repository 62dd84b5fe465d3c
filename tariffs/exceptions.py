"""What tariffs' services refuse, each with a sentence a person can read."""

from __future__ import annotations

from common.errors import UnableTo

__all__ = [
    "UnableTo",
    "UnableToArchiveTariff",
    "UnableToAssignTariff",
    "UnableToDeleteTariffGroup",
    "UnableToImportTariff",
    "UnableToOffer",
    "UnableToSaveTariff",
    "UnableToSaveTariffGroup",
    "UnableToSaveVersion",
    "UnableToSimulate",
    "UnableToStoreSpotPrices",
    "UnableToWithdrawVersion",
]


class UnableToSaveTariffGroup(UnableTo):
    """A tariff group cannot be added, changed or put in this order."""


class UnableToDeleteTariffGroup(UnableTo):
    """The group has assignments.

    Attributes:
        assignments: how many would be deleted with it.
    """

    def __init__(self, message: str = "", *, assignments: int = 0) -> None:
        super().__init__(message)
        self.assignments = assignments


class UnableToAssignTariff(UnableTo):
    """A tariff cannot be assigned like this."""


class UnableToSaveTariff(UnableTo):
    """A tariff cannot be added or changed like this."""


class UnableToImportTariff(UnableTo):
    """An object of OCPI says no tariff that could be kept."""


class UnableToSaveVersion(UnableTo):
    """A version of a tariff cannot be added like this."""


class UnableToWithdrawVersion(UnableTo):
    """The version has begun, or is withdrawn already."""


class UnableToArchiveTariff(UnableTo):
    """The tariff is assigned, archived already, or cannot return.

    Attributes:
        assignments: how many cells of the price list use it.
    """

    def __init__(self, message: str = "", *, assignments: int = 0) -> None:
        super().__init__(message)
        self.assignments = assignments


class UnableToStoreSpotPrices(UnableTo):
    """A price is not plausible, or differs from one that was stored for a slot that has begun."""


class UnableToOffer(UnableTo):
    """There is no price to show, or it holds no more."""


class UnableToSimulate(UnableTo):
    """A session like this cannot be."""
