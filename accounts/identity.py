"""From a typed e-mail to the log-in name: staff are global, a driver belongs to one operator."""

from __future__ import annotations

from uuid import UUID


def username_of(email: str, operator_id: UUID | None) -> str:
    """`User.username`: the lower e-mail for staff, `<operator>:<lower e-mail>` for a driver."""
    address = email.strip().lower()
    return address if operator_id is None else f"{operator_id}:{address}"


def possible_usernames(email: str, operator_id: UUID | None) -> tuple[str, ...]:
    """Whom an e-mail may mean on a host: its operator's driver, then staff."""
    staff = username_of(email, None)
    return (staff,) if operator_id is None else (username_of(email, operator_id), staff)
