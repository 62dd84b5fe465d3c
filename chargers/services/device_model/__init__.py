"""The device model of stations: variables, reports, monitors, events, templates and their drift."""
