"""Fill the database of a live site: one operator and its administrator. Run as a module."""

from __future__ import annotations

import django


def main() -> None:
    django.setup()
    from accounts.models import Membership, Operator, Role, User  # noqa: PLC0415 - needs setup()
    from common.clock import utc_now  # noqa: PLC0415
    from common.tenancy import operator_scope  # noqa: PLC0415
    from tests.e2e.live_site import ADMIN  # noqa: PLC0415

    now = utc_now()
    operator = Operator.objects.create(
        name="Volta", slug="volta", country="NL", time_zone="Europe/Amsterdam", created_at=now
    )
    user = User(username=ADMIN.email, email=ADMIN.email, full_name="Ada Admin", created_at=now)
    user.set_password(ADMIN.password)
    user.save()
    with operator_scope(operator.pk):
        Membership.objects.create(operator=operator, user=user, role=Role.ADMIN, created_at=now)


if __name__ == "__main__":
    main()
