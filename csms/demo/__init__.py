"""The demo: a seeded network with simulated stations, from one command (`manage.py demo`)."""
