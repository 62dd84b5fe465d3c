"""OCPP 1.6 JSON with the actions of the security whitepaper that cost nothing."""
