"""Commands to a 1.6 station: one file each, `encode` and `decode_outcome`."""
