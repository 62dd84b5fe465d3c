"""Which pages break on what the database holds: `python -m bench.poisoned <objects a page>`.

Gets every address of the portal and every GET of the API as an administrator of the operator
"bench", over so many objects each. Prints JSON: how many were got, which broke, and which could
not be got for want of an object.
"""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.signals import got_request_exception
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver

import bench.django_setup  # noqa: F401 -- models need it
from accounts.models import Membership, Operator, Role, User
from accounts.policy import API_SCOPES, Permission
from accounts.services.api_keys import create_api_key
from accounts.services.audit import Actor
from bench.page_list import WITH_QUERY
from bench.page_probe import Route, routes, urls_of
from chargers.domain.commands import COMMANDS
from common.clock import utc_now
from common.tenancy import operator_scope

_ALIASES = {
    "station": "chargingstation",
    "stations": "chargingstation",
    "commands": "stationcommand",
    "tokens": "idtoken",
    "users": "membership",
    "api-keys": "apikey",
    "member": "membership",
    "event": "deviceevent",
    "import": "stationimport",
    "key": "meterpublickey",
    "rule": "quirkrule",
    "template": "configurationtemplate",
    "rollout": "configurationrollout",
    "group": "tariffgroup",
    "assignment": "tariffassignment",
    "tariff-versions": "tariffversion",
    "version": "tariffversion",
    "tariff-groups": "tariffgroup",
    "tariff-assignments": "tariffassignment",
}


async def _drain(lines: Any) -> None:
    async for _ in lines:
        pass


class Walk:
    """Gets addresses and remembers what came of them."""

    def __init__(self, operator: Operator, objects: int) -> None:
        self._operator = operator
        self._objects = objects
        self._models = {model._meta.model_name: model for model in apps.get_models()}
        self.got = 0
        self.broken: dict[str, str] = {}
        self._fault = ""
        got_request_exception.connect(self._note)
        self.without_object: list[str] = []

    def get(self, client: Client, url: str, **headers: str) -> None:
        response: Any = client.get(url, headers={"host": "localhost", **headers})
        if response.streaming and "csv" in response.headers["Content-Type"]:
            asyncio.run(_drain(response.streaming_content))
        response.close()
        self.got += 1
        if response.status_code >= 500:
            self.broken[url] = f"{response.status_code} {self._fault}"

    def _note(self, **_: Any) -> None:
        self._fault = traceback.format_exc()[-1500:]

    def examples(self, name: str) -> list[str]:
        """Keys of objects that a parameter or the head of an address names; the newest first."""
        if name == "kind":
            return sorted(COMMANDS)
        stem = name.removesuffix("_id")
        for guess in (_ALIASES.get(stem), stem, stem.removesuffix("s")):
            model = self._models.get((guess or "").replace("_", "").replace("-", ""))
            if model is not None and hasattr(model, "operator"):
                return self._keys(model)
        return []

    def _keys(self, model: type[Model]) -> list[str]:
        rows = model._default_manager.filter(operator=self._operator).order_by("-pk")
        return [str(pk) for pk in rows.values_list("pk", flat=True)[: self._objects]]


def walk(operator: Operator, objects: int) -> Walk:
    """Everything once."""
    found = Walk(operator, objects)
    portal = Client(raise_request_exception=False)
    portal.force_login(_administrator(operator))
    pages = routes()
    with operator_scope(operator.pk):
        examples = {name: found.examples(name) for name in _parameters(pages)}
        api = [*_api_paths(get_resolver("csms.api_urls"), "/api/")]
        keys = {name: found.examples(name) for path in api for name in _heads(path)}
        key = _api_key(operator)
    for route in pages:
        try:
            urls = urls_of(route, examples)
        except (LookupError, NoReverseMatch):  # no object, or a stand-in of the wrong kind
            found.without_object.append(route.path)
            continue
        for url in urls:
            found.get(portal, url)
    by_name = {route.name: route for route in pages}
    first = {name: values[0] for name, values in examples.items() if values}
    for name, query in WITH_QUERY:
        if name in by_name and not by_name[name].parameters and "{" not in query:
            found.get(portal, f"{urls_of(by_name[name], examples)[0]}?{query.format(**first)}")
    for path in api:
        for url in _filled(path, keys):
            found.get(Client(raise_request_exception=False), url, Authorization=f"Bearer {key}")
        if "<" in path and not _filled(path, keys):
            found.without_object.append(path)
    return found


def _administrator(operator: Operator) -> User:
    user, _ = User.objects.get_or_create(
        email="bench@bench.example", defaults={"username": "bench", "created_at": utc_now()}
    )
    with operator_scope(operator.pk):
        Membership.objects.get_or_create(
            operator=operator,
            user=user,
            defaults={"role": Role.ADMIN, "created_at": utc_now()},
        )
    return user


def _api_key(operator: Operator) -> str:
    _, text = create_api_key(
        operator=operator,
        name="bench",
        scopes=[str(scope) for scope in API_SCOPES],
        expires_at=None,
        actor=Actor.system("bench"),
        grantable=frozenset(Permission),
        now=utc_now(),
    )
    return text


def _parameters(pages: list[Route]) -> set[str]:
    named = {name for route in pages for name in route.parameters}
    return named | {route.path.split("/")[0] for route in pages if route.parameters}


def _api_paths(resolver: URLResolver, prefix: str) -> Iterator[str]:
    """Addresses that can be got."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _api_paths(entry, path)
        elif _has_get(entry.callback):
            yield path


def _has_get(callback: Any) -> bool:
    actions = getattr(callback, "actions", None)
    return "get" in actions if actions else hasattr(getattr(callback, "cls", None), "get")


def _heads(path: str) -> list[str]:
    """What names the object of a parameter: the part before it."""
    parts = path.split("/")
    return [parts[n - 1] for n, part in enumerate(parts) if part.startswith("<")]


def _filled(path: str, keys: dict[str, list[str]]) -> list[str]:
    heads = _heads(path)
    if not heads:
        return [path]
    count = min((len(keys[head]) for head in heads), default=0)
    urls = []
    for n in range(count):
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("<"):
                parts[place] = keys[parts_head(path, place)][n]
        urls.append("/".join(parts))
    return urls


def parts_head(path: str, place: int) -> str:
    return path.split("/")[place - 1]


def main() -> None:
    operator = Operator.objects.get(slug="bench")
    found = walk(operator, int(sys.argv[1]))
    print(
        json.dumps(
            {
                "got": found.got,
                "broken": found.broken,
                "without_object": sorted(set(found.without_object)),
            }
        )
    )


if __name__ == "__main__":
    main()
