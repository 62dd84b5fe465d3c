from tariffs.models.group import Audience, TariffAssignment, TariffGroup
from tariffs.models.pinned import PinnedTariff, RunningPrice, TariffOffer
from tariffs.models.tariff import SpotPrice, Tariff, TariffVersion

__all__ = [
    "Audience",
    "PinnedTariff",
    "RunningPrice",
    "SpotPrice",
    "Tariff",
    "TariffAssignment",
    "TariffGroup",
    "TariffOffer",
    "TariffVersion",
]
