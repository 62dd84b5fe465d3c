"""1.6 section 4.1."""

from __future__ import annotations

from chargers.domain.messages import Authorize, IdTokenRef, Message
from chargers.domain.results import AuthorizeResult
from chargers.ocpp.fields import Payload, require_identifier
from chargers.ocpp.notes import Notes
from chargers.ocpp.v16.id_tag import encode_id_tag_info


def decode(payload: Payload, notes: Notes) -> Authorize:
    return Authorize(id_token=IdTokenRef(uid=require_identifier(payload, "idTag", notes)))


def encode_result(_message: Message | None, result: AuthorizeResult) -> Payload:
    return {"idTagInfo": encode_id_tag_info(result.token)}
