"""Group commit: what all sockets of this process received, in one database transaction."""
