"""Bases of what the API takes in: bodies and query strings, both without unknown names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

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
        errors = self._unknown(data)
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            named = cast("dict[str, Any]", error.detail)
            raise serializers.ValidationError(named | errors) from error
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def _unknown(self, data: Any) -> dict[str, str]:
        if not isinstance(data, Mapping):
            return {}
        unknown = set(data) - set(self.fields) - self.also_known
        return dict.fromkeys(sorted(unknown), "There is no such field here.")


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
