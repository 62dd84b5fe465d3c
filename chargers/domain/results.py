"""What we answer, before an encoder puts it into the words of a version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chargers.domain.certificates import ContractCertificateStatus, HashData, RevocationStatus
from chargers.domain.charging_needs import NeedsAnswer
from chargers.domain.quirks import STANDARD, Quirks
from chargers.domain.vocabulary import AuthorizationStatus, RegistrationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalMessage:
    """A text for the driver, such as the tariff; `language` as in BCP 47, empty: not said."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTokenInfo:
    """`message` is shown to the driver by versions that can carry it."""

    status: AuthorizationStatus
    expires_at: datetime | None = None
    parent_uid: str = ""
    message: PersonalMessage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BootResult:
    """`quirks` of the make that has just said what it is; they hold from this answer on."""

    status: RegistrationStatus
    now: datetime
    interval_seconds: int
    quirks: Quirks = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatResult:
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizeResult:
    """`certificate_status` is None when no contract certificate was shown."""

    token: IdTokenInfo
    certificate_status: ContractCertificateStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionResult:
    """The answer to an event of a transaction.

    Attributes:
        assigned_id: the int31 that we give where the CSMS assigns transaction ids (1.6).
        total_cost: the bill of an ended transaction, in the station's currency; None: not known.
        message: a text that replaces the one given with the token.
    """

    assigned_id: int | None = None
    token: IdTokenInfo | None = None
    total_cost: Decimal | None = None
    message: PersonalMessage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTransferResult:
    status: str
    data: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementResult:
    """Where the driver finds the receipt, when we made one."""

    receipt_url: str = ""
    receipt_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Whom a VAT number belongs to; `country` is a name or a code."""

    name: str
    address1: str
    city: str
    country: str
    address2: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VatResult:
    """The company, or None with the reason (at most 20 characters)."""

    company: Company | None = None
    reason: str = "NotValidated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingNeedsResult:
    """Whether a charging profile follows for the vehicle's needs (K15)."""

    answer: NeedsAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicScheduleResult:
    """The present limit of a dynamic profile; None when we know of no such profile (2.1 K28)."""

    limit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Nothing to say but that it is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignCertificateResult:
    """Accepted means taken in: the certificate follows as a command."""

    accepted: bool
    reason_code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvCertificateResult:
    """`exi_response` is the provider's, Base64; `remaining` contracts are of 2.1."""

    accepted: bool
    exi_response: str = ""
    remaining: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateStatusResult:
    """`ocsp` is an OCSP response (RFC 6960) in Base64 of its DER, "" when there is none."""

    ocsp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateVerdict:
    """`next_update`: until when it may be believed."""

    certificate: HashData
    source: str
    status: RevocationStatus
    next_update: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateChainStatusResult:
    verdicts: tuple[CertificateVerdict, ...]


Result = (
    BootResult
    | HeartbeatResult
    | AuthorizeResult
    | TransactionResult
    | DataTransferResult
    | SettlementResult
    | VatResult
    | ChargingNeedsResult
    | DynamicScheduleResult
    | Acknowledged
    | SignCertificateResult
    | EvCertificateResult
    | CertificateStatusResult
    | CertificateChainStatusResult
)
