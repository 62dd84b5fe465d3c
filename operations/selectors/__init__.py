"""Reads for the network pages. All run in the caller's tenant scope."""
