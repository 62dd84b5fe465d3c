"""Reads for pages, the API and whoever prices. All run in the caller's tenant scope."""
