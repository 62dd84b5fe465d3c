"""What a client process can play; each has `run(plan, control)` and returns what it saw."""
