"""Stations from a CSV file: looked at first (`checking`), written by a worker (`running`)."""
