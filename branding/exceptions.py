"""Why a service of this app refused."""

from __future__ import annotations

from common.errors import UnableTo


class UnableToUpdateBrand(UnableTo): ...
