"""Offers: a price that somebody was shown, so that it is the one that they pay."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.db.transaction import atomic

from accounts.models import Driver
from chargers.models import Evse
from tariffs.exceptions import UnableToOffer
from tariffs.models import PinnedTariff, TariffOffer
from tariffs.selectors.offers import offer_of
from tariffs.selectors.resolution import customer_of, resolve

__all__ = ["bind", "forget_unused", "offer", "offer_of"]

_KEPT = timedelta(days=1)
_PER_SWEEP = 5_000


@atomic
def offer(
    *, evse: Evse, driver: Driver | None, is_ad_hoc: bool = False, now: datetime
) -> TariffOffer:
    """Keep the price of a plug for a driver, or a guest, as it is now.

    It holds for `TARIFF_OFFER_SECONDS`: a session that starts later is resolved anew.

    Raises:
        UnableToOffer: they may not charge there, or no price is known.
    """
    customer = customer_of(driver, is_ad_hoc=is_ad_hoc)
    found = resolve(evse=evse, customer=customer, at=now)
    if found.denied:
        raise UnableToOffer("Charging is not allowed here.")
    if found.version is None:
        raise UnableToOffer("No price is known for this plug.")
    return TariffOffer.objects.create(
        operator_id=evse.operator_id,
        evse=evse,
        driver=driver,
        version=found.version,
        group_id=found.group,
        explanation=found.explanation(),
        expires_at=now + timedelta(seconds=settings.TARIFF_OFFER_SECONDS),
        created_at=now,
    )


@atomic
def bind(*, offer: TariffOffer, remote_start_id: int, now: datetime) -> TariffOffer:
    """Let the session that a remote start begins have the offered price. Repeating it is harmless.

    Args:
        remote_start_id: of the command `request_start_transaction`.

    Raises:
        UnableToOffer: the offer has expired, or belongs to another start.
    """
    row = TariffOffer.objects.select_for_update().get(pk=offer.pk)
    if row.remote_start_id == remote_start_id:
        return row
    if row.remote_start_id is not None:
        raise UnableToOffer("A session was started with this offer already.")
    if row.expires_at <= now:
        raise UnableToOffer("The offer has expired. Look at the price again.")
    row.remote_start_id = remote_start_id
    row.save(update_fields=["remote_start_id"])
    return row


@atomic
def forget_unused(*, now: datetime) -> int:
    """Delete offers that expired a day ago and that no session has. Returns how many."""
    pinned = PinnedTariff.objects.filter(offer=OuterRef("pk"))
    old = TariffOffer.objects.filter(~Exists(pinned), expires_at__lt=now - _KEPT)
    keys = list(old.order_by("expires_at").values_list("pk", flat=True)[:_PER_SWEEP])
    TariffOffer.objects.filter(pk__in=keys).delete()
    return len(keys)
