"""Operators and people in the installation's admin (its staff see every operator)."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AuthenticationForm

from accounts.http import actor_of
from accounts.identity import username_of
from accounts.models import ApiKey, AuditEntry, Membership, Operator, User
from accounts.services.audit import record
from common.admin import ReadOnlyAdmin
from common.clock import utc_now

# Not used here: roles are memberships, and a person's address stands on the user.
admin.site.unregister([Group, EmailAddress])


class AdminLogInForm(AuthenticationForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"


admin.site.login_form = AdminLogInForm


class AuditedAdmin(ModelAdmin):  # type: ignore[misc]
    """Stamps `created_at` and leaves an audit entry in the trail of the row's operator."""

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool
    ) -> None:
        now = utc_now()
        if not change and hasattr(obj, "created_at") and obj.created_at is None:
            obj.created_at = now
        super().save_model(request, obj, form, change)
        operator = obj if isinstance(obj, Operator) else getattr(obj, "operator", None)
        if operator is not None:
            record(
                operator=operator,
                actor=actor_of(request),
                action=f"{obj._meta.model_name}.{'changed' if change else 'added'}_in_admin",
                obj=obj,
                changes={"fields": list(form.changed_data)},
                now=now,
            )


class MembershipInline(TabularInline):  # type: ignore[misc]
    model = Membership
    fields = ["operator", "role"]
    extra = 0


@admin.register(Operator)
class OperatorAdmin(AuditedAdmin):
    list_display = ["name", "slug", "country", "currency", "is_active"]
    list_filter = ["is_active", "country"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    exclude = ["created_at", "metadata"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A tenant is closed (`is_active`), never deleted by a click."""
        return False


@admin.register(User)
class UserAdmin(AuditedAdmin):
    """Staff and drivers. Passwords are set by the person, through "Forgot your password?"."""

    list_display = ["email", "full_name", "operator", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "operator"]
    list_select_related = ["operator"]
    search_fields = ["email", "full_name"]
    fields = ["email", "full_name", "is_active", "is_staff", "is_superuser"]
    inlines = [MembershipInline]

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool
    ) -> None:
        obj.email = obj.email.strip().lower()
        obj.username = username_of(obj.email, obj.operator_id)
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_formset(
        self, request: HttpRequest, form: ModelForm[Any], formset: Any, change: bool
    ) -> None:
        now = utc_now()
        for member in formset.save(commit=False):
            member.created_at = member.created_at or now
            member.save()
            record(
                operator=member.operator,
                actor=actor_of(request),
                action="member.changed_in_admin",
                obj=member,
                changes={"role": member.role},
                now=now,
            )
        for member in formset.deleted_objects:
            record(
                operator=member.operator,
                actor=actor_of(request),
                action="member.removed_in_admin",
                obj=member,
                now=now,
            )
            member.delete()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The audit trail refers to people; they are deactivated."""
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    list_display = ["at", "operator", "actor_label", "action", "object_label"]
    list_filter = ["operator", "object_type"]
    list_select_related = ["operator"]
    search_fields = ["actor_label", "action", "object_label", "=object_id"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "prefix", "operator", "last_used_at", "revoked_at"]
    list_filter = ["operator"]
    list_select_related = ["operator"]
    exclude = ["key_hash"]
    ordering = ["-created_at"]
