"""What is kept of an imported object beside its price, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tariffs.ocpi.identity import Identity, dump_identity, read_identity
from tariffs.ocpi.reading import Imported
from tariffs.ocpi.verbatim import Patch, storable
from tariffs.ocpi.versions import Version
from tariffs.pricing.fields import Document, Fields, choice, mapping


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a tariff came from, for the way back."""

    version: Version
    identity: Identity
    as_given: tuple[Patch, ...]


def remembered(imported: Imported) -> Document:
    """What `recalled` takes."""
    return {
        "version": str(imported.version),
        # the newest version has every field of the older ones
        "identity": storable(dump_identity(imported.identity, Version.V230)),
        "as_given": [dict(patch) for patch in imported.as_given],
    }


def recalled(document: Mapping[str, object]) -> Origin | None:
    """The origin of a tariff; None where it was not imported.

    Raises:
        BadTermsError: the stored document was not written by `remembered`.
    """
    if "identity" not in document:
        return None
    fields = Fields(document)
    return Origin(
        version=fields.required("version", choice(Version)),
        # the oldest version asks for the least
        identity=read_identity(Fields(fields.required("identity", mapping)), Version.V211),
        as_given=fields.each("as_given", mapping),
    )
