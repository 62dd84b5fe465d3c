from __future__ import annotations

from typing import Any

from accounts.models import Operator
from branding.models import Brand, BrandHost
from common.tenancy import system_scope


def make_brand(operator: Operator, *hosts: str, **values: Any) -> Brand:
    with system_scope("tests"):
        brand = Brand.objects.create(operator=operator, **{"name": operator.name, **values})
        for host in hosts:
            BrandHost.objects.create(operator=operator, brand=brand, host=host)
    return brand
