"""Forms about what a station remembers of tokens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chargers.domain import commands
from chargers.forms.commands.base import CommandForm


class ClearCacheForm(CommandForm):
    command = commands.ClearCache
    title = _("Clear the authorisation cache")
    text = _("The station forgets which tokens it has seen and asks again for each.")
    icon = "database"
    submit = _("Clear")
