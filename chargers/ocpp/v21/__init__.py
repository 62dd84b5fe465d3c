"""OCPP 2.1: the files of 2.0.1 with the schemas of 2.1, and what it adds."""
