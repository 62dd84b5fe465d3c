from accounts.models.audit import AuditEntry
from accounts.models.credentials import ApiKey
from accounts.models.driver import Driver, DriverGroup, IdToken, IdTokenType
from accounts.models.operator import Operator
from accounts.models.user import Membership, Role, User

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Driver",
    "DriverGroup",
    "IdToken",
    "IdTokenType",
    "Membership",
    "Operator",
    "Role",
    "User",
]
