"""Import this before any model: the bench's own processes are no manage.py commands."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csms.settings")
django.setup()
