"""A01: a new password of the connection, by SetVariables."""

from __future__ import annotations

from chargers.domain.commands import Outcome, RotateKey, SetVariable
from chargers.ocpp.fields import Payload
from chargers.ocpp.v201.commands import set_variables

NAME = "SecurityCtrlr.BasicAuthPassword"


def encode(command: RotateKey) -> Payload:
    return set_variables.encode(SetVariable(name=NAME, value=command.key))


def decode_outcome(_command: RotateKey, payload: Payload) -> Outcome:
    return set_variables.decode_outcome(SetVariable(name=NAME, value=""), payload)
