"""Commands to a 2.x station: one file each, `encode` and `decode_outcome`."""
