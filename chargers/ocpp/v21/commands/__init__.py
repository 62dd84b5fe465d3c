"""Calls of OCPP 2.1 that 2.0.1 does not know, or writes otherwise."""
