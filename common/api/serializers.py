"""Bases of what the API takes in: bodies and query strings, both without unknown names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from common.api.fields import JsonObjectField

if TYPE_CHECKING:
    Serializer = serializers.Serializer[Any]
else:
    Serializer = serializers.Serializer


class _Strict(Serializer):
    """Refuses names that it does not know, so that a slip of the pen is not silently ignored."""

    also_known: frozenset[str] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = set(data) - set(self.fields) - self.also_known
            if unknown:
                message = "There is no such field here."
                raise serializers.ValidationError(dict.fromkeys(sorted(unknown), message))
        return super().to_internal_value(data)


class BodySerializer(_Strict):
    """A request's body."""


class QuerySerializer(_Strict):
    """Filters of a list; `limit` and `cursor` belong to paging."""

    also_known = frozenset({"limit", "cursor"})


class NoFilters(QuerySerializer):
    """A list that is only paged."""


class ExternalFields(serializers.Serializer):  # type: ignore[type-arg]
    """What an integrator may hang on every main object (mixed into bodies)."""

    external_id = serializers.CharField(
        max_length=120, required=False, allow_blank=True, help_text="Your own id of this object."
    )
    metadata = JsonObjectField(required=False, help_text="Any JSON object of yours.")
