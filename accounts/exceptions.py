"""Why a service of this app refused."""

from __future__ import annotations

from common.errors import UnableTo


class UnableToCreateOperator(UnableTo): ...


class UnableToManageMember(UnableTo): ...


class UnableToManageDriver(UnableTo): ...


class UnableToManageGroup(UnableTo): ...


class UnableToManageToken(UnableTo): ...


class UnableToManageApiKey(UnableTo): ...
