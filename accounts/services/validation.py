"""From Django's validation to the field messages of `UnableToX`."""

from __future__ import annotations

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

# Constraints on expressions have no field of their own in Django's messages.
_CONSTRAINT_FIELDS = {
    "accounts_driver_email_unique": ("email", "A driver with this e-mail exists already."),
    "accounts_idtoken_uid_unique": ("uid", "This token exists already."),
    "accounts_group_name_unique": ("name", "A group of this name exists already."),
}


def field_errors(error: ValidationError) -> dict[str, str]:
    """Field -> message; messages about the whole row are named "__all__"."""
    return {name: " ".join(messages) for name, messages in error.message_dict.items()}


def row_errors(row: models.Model) -> dict[str, str]:
    """What is wrong with a row before it is saved: fields, then named unique constraints."""
    errors: dict[str, str] = {}
    try:
        row.full_clean(validate_constraints=False)
    except ValidationError as error:
        errors = field_errors(error)
    for constraint in row._meta.constraints:
        field, message = _CONSTRAINT_FIELDS.get(constraint.name, (NON_FIELD_ERRORS, ""))
        if field in errors:
            continue
        try:
            constraint.validate(type(row), row)
        except ValidationError as error:
            errors[field] = message or " ".join(error.messages)
    return errors
