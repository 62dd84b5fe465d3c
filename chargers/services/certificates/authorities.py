"""The development CAs of an operator as rows: made on first use, keys sealed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.transaction import atomic

from accounts.models import Operator
from chargers.models import AuthorityPurpose, OperatorAuthority
from chargers.pki.authority import Authority, create_authority, key_pem, load_authority
from chargers.pki.pem import to_pem
from chargers.pki.sealing import seal, unseal

_NAMES = {
    AuthorityPurpose.STATIONS: "Stations",
    AuthorityPurpose.V2G: "V2G test",
    AuthorityPurpose.CONTRACTS: "Contracts test",
}


def authority_of(*, operator_id: UUID, purpose: AuthorityPurpose, now: datetime) -> Authority:
    """The operator's CA of a purpose, made now if there is none.

    Raises:
        UnableToUnseal: `CSMS_CERTIFICATE_SECRET` is not the one it was sealed with.
    """
    row = find_authority(operator_id=operator_id, purpose=purpose)
    return _load(row or _create(operator_id, purpose, now))


def known_authorities(*, operator_id: UUID) -> list[tuple[AuthorityPurpose, Authority]]:
    """Those that exist."""
    rows = OperatorAuthority.objects.filter(operator_id=operator_id).order_by("purpose")
    return [(AuthorityPurpose(row.purpose), _load(row)) for row in rows]


def find_authority(*, operator_id: UUID, purpose: AuthorityPurpose) -> OperatorAuthority | None:
    """The row alone; nothing is unsealed."""
    return OperatorAuthority.objects.filter(operator_id=operator_id, purpose=purpose).first()


@atomic
def _create(operator_id: UUID, purpose: AuthorityPurpose, now: datetime) -> OperatorAuthority:
    """Of two processes that make one at once, the first counts."""
    name = Operator.objects.values_list("name", flat=True).get(pk=operator_id)
    made = create_authority(name=f"{name[:24]} {_NAMES[purpose]}", organization=name[:64], now=now)
    secret = settings.CERTIFICATE_SECRET
    row, _created = OperatorAuthority.objects.get_or_create(
        operator_id=operator_id,
        purpose=purpose,
        defaults={
            "root_pem": to_pem([made.root]),
            "sub_pem": to_pem([made.sub]),
            "root_key_encrypted": seal(key_pem(made.root_key), secret=secret),
            "sub_key_encrypted": seal(key_pem(made.sub_key), secret=secret),
            "not_after": made.not_after,
            "created_at": now,
        },
    )
    return row


def _load(row: OperatorAuthority) -> Authority:
    secret = settings.CERTIFICATE_SECRET
    return load_authority(
        root_pem=row.root_pem,
        sub_pem=row.sub_pem,
        root_key_pem=unseal(row.root_key_encrypted, secret=secret),
        sub_key_pem=unseal(row.sub_key_encrypted, secret=secret),
    )
