"""Signed meter values as the Open Charge Metering Format writes them (OCMF 1.0 to 1.4). Pure.

`unwrap` takes a text out of its transport, `parse` reads it, `verify` checks its signature,
`judge` looks at all signed values of one session together. Nothing here knows a secret: only
signatures of others are verified. The signature is over the payload's own characters, so a
document keeps them as they came.
"""

from chargers.ocmf.document import Document, OcmfError, parse
from chargers.ocmf.keys import KeyUnreadableError, PublicKey, read_key
from chargers.ocmf.pairs import (
    Judgement,
    SessionFacts,
    SessionReading,
    SessionVerdict,
    SignedValue,
    judge,
)
from chargers.ocmf.payload import Pagination, Payload, Reading
from chargers.ocmf.verification import Verdict, Verification, verify
from chargers.ocmf.wrappers import Unwrapped, unwrap

__all__ = [
    "Document",
    "Judgement",
    "KeyUnreadableError",
    "OcmfError",
    "Pagination",
    "Payload",
    "PublicKey",
    "Reading",
    "SessionFacts",
    "SessionReading",
    "SessionVerdict",
    "SignedValue",
    "Unwrapped",
    "Verdict",
    "Verification",
    "judge",
    "parse",
    "read_key",
    "unwrap",
    "verify",
]
