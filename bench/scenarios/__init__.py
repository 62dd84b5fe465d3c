"""The scenarios of `python -m bench`; each is `run(options)` and returns a report."""
