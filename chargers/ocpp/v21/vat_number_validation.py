"""VatNumberValidation of OCPP 2.1."""

from __future__ import annotations

from chargers.domain.messages import VatNumberValidation
from chargers.domain.results import VatResult
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload, place, require_identifier
from chargers.ocpp.notes import Notes


def decode(payload: Payload, notes: Notes) -> VatNumberValidation:
    return VatNumberValidation(
        vat_number=require_identifier(payload, "vatNumber", notes),
        evse=place(payload, "evseId", notes),
    )


def encode_result(message: VatNumberValidation, result: VatResult) -> Payload:
    answer: Payload = {
        "vatNumber": message.vat_number,
        **given(evseId=message.evse),
        "status": "Rejected" if result.company is None else "Accepted",
    }
    if result.company is None:
        answer["statusInfo"] = {"reasonCode": result.reason}
    else:
        company = result.company
        answer["company"] = {
            "name": company.name,
            "address1": company.address1,
            **given(address2=company.address2),
            "city": company.city,
            **given(postalCode=company.postal_code),
            "country": company.country,
        }
    return answer
