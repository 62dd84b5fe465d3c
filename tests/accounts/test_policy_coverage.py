"""Every address of the installation has a declared policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.policy import HasPermission, Permission, Public

# Foreign code with rules of its own: staff of the installation, and the log-in pages.
_EXEMPT_NAMESPACES = {"admin"}
_EXEMPT_MODULES = ("allauth.account.",)


def _patterns(
    resolver: URLResolver, prefix: str = "", namespaces: frozenset[str] = frozenset()
) -> Iterator[tuple[str, URLPattern, frozenset[str]]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inside = namespaces | ({entry.namespace} if entry.namespace else set())
            yield from _patterns(entry, path, inside)
        else:
            yield path, entry, namespaces


def _is_declared(callback: Any) -> bool:
    if isinstance(getattr(callback, "policy", None), Permission | Public):
        return True
    api_view = getattr(callback, "cls", None)
    if api_view is None or HasPermission not in api_view.permission_classes:
        return False
    declared = getattr(api_view, "permission", None)
    values = declared.values() if isinstance(declared, dict) else [declared]
    return bool(values) and all(isinstance(value, Permission | Public) for value in values)


def _undeclared() -> list[str]:
    return [
        path
        for path, entry, namespaces in _patterns(get_resolver())
        if not namespaces & _EXEMPT_NAMESPACES
        and not entry.callback.__module__.startswith(_EXEMPT_MODULES)
        and not _is_declared(entry.callback)
    ]


def test_every_view_declares_a_policy() -> None:
    assert _undeclared() == []


def test_the_walk_sees_the_portal() -> None:
    paths = {path for path, _, _ in _patterns(get_resolver())}
    assert {"drivers/", "audit/", "account/login/"} <= paths


def test_a_view_without_a_policy_is_noticed() -> None:
    def forgotten() -> None: ...

    assert not _is_declared(forgotten)


@pytest.mark.parametrize("name", ["signup", "email", "confirm-email"])
def test_pages_of_allauth_that_do_not_exist_here(name: str) -> None:
    paths = {path for path, _, _ in _patterns(get_resolver())}
    assert f"account/{name}/" not in paths
