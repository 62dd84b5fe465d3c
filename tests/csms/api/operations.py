"""Every call that the API offers, found by walking its addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.policy import Policy, policy_of_api_view

_UNKNOWN = {"schema", "docs", "unknown"}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    policy: Policy | None

    @property
    def resource(self) -> str:
        return self.path.partition("/")[0]

    @property
    def has_id(self) -> bool:
        return "<" in self.path

    def at(self, key: object) -> str:
        start, end = self.path.index("<"), self.path.index(">")
        return f"{self.path[:start]}{key}{self.path[end + 1 :]}"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def all_operations() -> list[Operation]:
    return sorted(_walk(get_resolver("csms.api_urls"), ""), key=str)


def _walk(resolver: URLResolver, prefix: str) -> list[Operation]:
    found = []
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += _walk(entry, path)
        elif entry.name not in _UNKNOWN:
            found += _operations(entry, path.removeprefix("v1/"))
    return found


def _operations(entry: URLPattern, path: str) -> list[Operation]:
    callback: Any = entry.callback
    view = callback.cls
    actions = getattr(callback, "actions", None) or {
        method: method
        for method in ("get", "post", "patch", "put", "delete")
        if hasattr(view, method)
    }
    return [
        Operation(method.upper(), path, policy_of_api_view(view, action))
        for method, action in actions.items()
        if method != "head"  # comes with every get
    ]
