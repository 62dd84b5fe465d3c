"""The development CA: signs at once, with keys of the operator's own in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from chargers.certificate_ports import Declined, Signed, SigningAnswer, SigningOrder
from chargers.domain.certificates import CertificateUse
from chargers.models import AuthorityPurpose
from chargers.pki.authority import chain_pem, issue_station_certificate
from chargers.pki.csr import CsrRefused, read_checked
from chargers.services.certificates.authorities import authority_of


class DevelopmentAuthority:
    """Implements `chargers.certificate_ports.CertificateAuthority`."""

    def sign(self, order: SigningOrder) -> SigningAnswer:
        try:
            checked = read_checked(order.csr_pem)
        except CsrRefused as error:
            return Declined(error.sentence)
        for_client = order.use is CertificateUse.CLIENT
        purpose = AuthorityPurpose.STATIONS if for_client else AuthorityPurpose.V2G
        authority = authority_of(operator_id=order.operator_id, purpose=purpose, now=order.now)
        certificate = issue_station_certificate(
            authority,
            checked,
            now=order.now,
            lifetime=timedelta(days=settings.CERTIFICATE_DAYS),
            for_server=not for_client,
        )
        return Signed(chain_pem(authority, certificate))

    def revoke(
        self, *, operator_id: UUID, certificate_pem: str, reason: str, now: datetime
    ) -> None:
        """Our own rows say what is revoked; there is nobody else to tell."""
