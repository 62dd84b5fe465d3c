"""Accounts as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import (
    ApiKey,
    AuditEntry,
    Driver,
    DriverGroup,
    IdToken,
    IdTokenType,
    Membership,
    Operator,
    Role,
)
from accounts.policy import API_SCOPES, Permission
from common.api.fields import JsonObjectField
from common.api.serializers import (
    BodySerializer,
    ExternalFields,
    QuerySerializer,
    Serializer,
)

PERMISSIONS = [permission.value for permission in Permission]
SCOPES = sorted(permission.value for permission in API_SCOPES)


class DriverSerializer(serializers.ModelSerializer[Driver]):
    group_ids = serializers.SerializerMethodField(help_text="Groups that the driver belongs to.")
    metadata = JsonObjectField(read_only=True)

    class Meta:
        model = Driver
        fields = (
            "id",
            "full_name",
            "email",
            "phone",
            "group_ids",
            "is_blocked",
            "notes",
            "external_id",
            "metadata",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_group_ids(self, driver: Driver) -> list[str]:
        return sorted(str(group.pk) for group in driver.groups.all())


class DriverBody(ExternalFields, BodySerializer):
    full_name = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=254)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    notes = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="Seen by staff only."
    )
    group_ids: Any = serializers.PrimaryKeyRelatedField(
        many=True, queryset=DriverGroup.objects, required=False, source="groups"
    )


class DriverQuery(QuerySerializer):
    search = serializers.CharField(
        required=False, max_length=100, help_text="In name, e-mail, phone or card number."
    )
    is_blocked = serializers.BooleanField(required=False)
    group = serializers.UUIDField(required=False)
    email = serializers.CharField(required=False, max_length=254, help_text="Exactly this one.")
    external_id = serializers.CharField(required=False, max_length=120)


class DriverGroupSerializer(serializers.ModelSerializer[DriverGroup]):
    driver_count = serializers.IntegerField(read_only=True, default=0)
    metadata = JsonObjectField(read_only=True)

    class Meta:
        model = DriverGroup
        fields = (
            "id",
            "name",
            "kind",
            "driver_count",
            "external_id",
            "metadata",
            "created_at",
        )
        read_only_fields = fields


class DriverGroupBody(ExternalFields, BodySerializer):
    name = serializers.CharField(max_length=120)


class DriverGroupQuery(QuerySerializer):
    kind = serializers.CharField(required=False, max_length=30)
    external_id = serializers.CharField(required=False, max_length=120)


class IdTokenSerializer(serializers.ModelSerializer[IdToken]):
    driver_id = serializers.UUIDField(read_only=True, allow_null=True)
    metadata = JsonObjectField(read_only=True)

    class Meta:
        model = IdToken
        fields = (
            "id",
            "uid",
            "type",
            "label",
            "driver_id",
            "is_blocked",
            "expires_at",
            "external_id",
            "metadata",
            "created_at",
        )
        read_only_fields = fields


class IdTokenChangeBody(ExternalFields, BodySerializer):
    driver_id: Any = serializers.PrimaryKeyRelatedField(
        queryset=Driver.objects,
        required=False,
        allow_null=True,
        source="driver",
        help_text="null: a pool card that belongs to nobody in particular.",
    )
    label = serializers.CharField(  # type: ignore[assignment]  # hides an attribute of fields
        max_length=80, required=False, allow_blank=True
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class IdTokenBody(IdTokenChangeBody):
    uid = serializers.CharField(
        max_length=60, help_text="What a station reads, such as 04A2B9C2 or 04:A2:B9:C2."
    )
    type = serializers.ChoiceField(IdTokenType.choices, default=IdTokenType.ISO14443)


class IdTokenQuery(QuerySerializer):
    search = serializers.CharField(
        required=False, max_length=100, help_text="In number, label or driver."
    )
    state = serializers.ChoiceField(
        ["valid", "blocked", "expired", "unassigned"],
        required=False,
    )
    driver = serializers.UUIDField(required=False)
    uid = serializers.CharField(
        required=False, max_length=60, help_text="Exactly this one, in any case."
    )
    external_id = serializers.CharField(required=False, max_length=120)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    id = serializers.UUIDField(source="user_id", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    full_name = serializers.CharField(source="user.full_name", read_only=True)
    is_active = serializers.BooleanField(source="user.is_active", read_only=True)
    last_login_at = serializers.DateTimeField(
        source="user.last_login", read_only=True, allow_null=True
    )

    class Meta:
        model = Membership
        fields = ("id", "email", "full_name", "role", "is_active", "last_login_at", "created_at")
        read_only_fields = fields


class MemberRoleBody(BodySerializer):
    role = serializers.ChoiceField(Role.choices)


class MemberBody(MemberRoleBody):
    email = serializers.EmailField(max_length=254)
    full_name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class MemberQuery(QuerySerializer):
    role = serializers.ChoiceField(Role.choices, required=False)


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    scopes = serializers.ListField(child=serializers.ChoiceField(SCOPES), read_only=True)
    created_by_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = (
            "id",
            "name",
            "prefix",
            "scopes",
            "created_by_id",
            "created_at",
            "expires_at",
            "revoked_at",
            "last_used_at",
        )
        read_only_fields = fields


class NewApiKeySerializer(ApiKeySerializer):
    key = serializers.CharField(read_only=True, help_text="The key itself: shown now, never again.")

    class Meta(ApiKeySerializer.Meta):
        fields = (*ApiKeySerializer.Meta.fields, "key")
        read_only_fields = fields


class ApiKeyBody(BodySerializer):
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(SCOPES), min_length=1, max_length=len(SCOPES)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    user_id = serializers.UUIDField(read_only=True, allow_null=True)
    api_key_id = serializers.UUIDField(read_only=True, allow_null=True)
    changes = JsonObjectField(
        read_only=True, help_text="Field: [old, new], or other facts about the action."
    )

    class Meta:
        model = AuditEntry
        fields = (
            "id",
            "at",
            "actor_label",
            "user_id",
            "api_key_id",
            "action",
            "object_type",
            "object_id",
            "object_label",
            "changes",
            "remote_address",
            "request_id",
        )
        read_only_fields = fields


class AuditQuery(QuerySerializer):
    since = serializers.DateTimeField(required=False, help_text="At this instant or later.")
    until = serializers.DateTimeField(required=False, help_text="Before this instant.")
    user = serializers.UUIDField(required=False)
    object_type = serializers.CharField(required=False, max_length=60)
    object_id = serializers.CharField(required=False, max_length=60)
    action = serializers.CharField(required=False, max_length=80)


class MeOperatorSerializer(serializers.ModelSerializer[Operator]):
    class Meta:
        model = Operator
        fields = ("id", "name", "country", "time_zone", "currency", "language")
        read_only_fields = fields


class MeSerializer(Serializer):
    """Whose credential this is."""

    kind = serializers.ChoiceField(["api_key", "user"])
    id = serializers.UUIDField(help_text="Of the API key or the user.")
    name = serializers.CharField()
    role = serializers.ChoiceField(
        Role.choices, allow_null=True, help_text="Of a user; an API key has none."
    )
    scopes = serializers.ListField(
        child=serializers.ChoiceField(PERMISSIONS), help_text="What this credential may do."
    )
    operator = MeOperatorSerializer()
