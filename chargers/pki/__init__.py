"""X.509 for charging stations: requests, a small CA, chains, hash data, OCSP. Pure (README.md)."""
