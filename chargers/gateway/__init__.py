"""The sockets of this process: handshake, connections, wake-ups. I/O only, no decisions."""
