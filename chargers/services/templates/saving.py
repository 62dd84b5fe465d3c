"""An operator's configuration templates: kept, changed, deleted, made from a station's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain.characteristics import NUMBERS, DataType
from chargers.domain.likeness import truth_of
from chargers.domain.templates import Comparison, Item
from chargers.domain.variables import is_variable_name
from chargers.exceptions import UnableToSaveTemplate
from chargers.models import (
    ChargingStation,
    ConfigurationCheck,
    ConfigurationTemplate,
    Location,
    Protocol,
    TemplateDrift,
    TemplateLocation,
)
from chargers.ocpp.secrets import is_secret
from chargers.ocpp.well_known import BY_ID, SETTINGS, Family, family_of
from chargers.services.device_model.settings import ATTRIBUTES
from chargers.services.device_model.variables import known_variables
from chargers.services.station_fields import text
from chargers.services.templates.drift import check_some, spread

MOST_ITEMS = 100
MAX_NAME = 255
MAX_KEY = 50
# Of SetVariables (2.0.1), whose other values would go down with a longer one.
MAX_VALUE = 1000
# So many stations are looked at while the person waits; a worker looks at the others.
_AT_ONCE = 200
_LENGTHS = {"name": 120, "note": 300, "vendor": 50, "model": 50, "firmware": 50}
_CONDITIONS = ("vendor", "model", "firmware", "protocol", "items")
_SECURITY = "securityprofile"


@atomic
def save_template(
    *,
    operator: Operator,
    template: ConfigurationTemplate | None,
    name: str,
    items: Sequence[Mapping[str, str]],
    note: str = "",
    vendor: str = "",
    model: str = "",
    firmware: str = "",
    protocol: str = "",
    locations: Sequence[Location] = (),
    is_enforced: bool = False,
    applies_to_new: bool = False,
    actor: Actor,
    now: datetime,
) -> ConfigurationTemplate:
    """Add a template (`template` None) or replace what one says; nothing is sent to any station.

    Args:
        items: objects of `name`, `value`, and unless usual `attribute` and `comparison`.

    Raises:
        UnableToSaveTemplate: `errors` by field, those of items as `items.0.value`; nothing was saved.
    """
    texts = {"name": name, "note": note, "vendor": vendor, "model": model, "firmware": firmware}
    values: dict[str, Any] = {field: text(value) for field, value in texts.items()}
    read = [read_item(each) for each in items]
    values |= {
        "protocol": protocol,
        "items": [item.to_json() for item in read],
        "is_enforced": is_enforced,
        "applies_to_new": applies_to_new,
    }
    errors = _errors(operator, template, values, locations) | item_errors(
        items, read, protocol if protocol in Protocol.values else ""
    )
    if errors:
        raise UnableToSaveTemplate("The template cannot be saved.", errors=errors)
    if template is None:
        row = _add(operator, values, locations, now)
        _audit(row, actor, "configuration_template.added", {**values, **_told(locations)}, now)
    else:
        row, found = _change(template, values, locations, now)
        if not found:
            return row
        _audit(row, actor, "configuration_template.changed", found, now)
    _look_at_its_stations(row, now)
    return row


def _told(locations: Sequence[Location]) -> dict[str, Any]:
    return {"locations": sorted(place.name for place in locations)}


def _add(
    operator: Operator, values: dict[str, Any], locations: Sequence[Location], now: datetime
) -> ConfigurationTemplate:
    row = ConfigurationTemplate.objects.create(
        operator=operator,
        created_at=now,
        changed_at=now,
        spread_at=now,
        new_since=now if values["applies_to_new"] else None,
        **values,
    )
    _set_places(row, locations)
    return row


def _change(
    template: ConfigurationTemplate,
    values: dict[str, Any],
    locations: Sequence[Location],
    now: datetime,
) -> tuple[ConfigurationTemplate, dict[str, Any]]:
    row = ConfigurationTemplate.objects.select_for_update().get(pk=template.pk)
    found: dict[str, Any] = audit.differences(row, values)
    before = {place.location_id for place in row.places.all()}
    if before != {place.pk for place in locations}:
        found |= _told(locations)
    if not found:
        return row, found
    if values["applies_to_new"] and not row.applies_to_new:
        row.new_since = now
    for field, value in values.items():
        setattr(row, field, value)
    row.changed_at = now
    if found.keys() & {*_CONDITIONS, "locations"}:
        row.revision += 1
        row.spread_at = now
        _recheck(row, now)
    _set_places(row, locations)
    row.save()
    return row, found


def _recheck(row: ConfigurationTemplate, now: datetime) -> None:
    """Those that it was for so far; none of them has drifted because we want something else now."""
    drifts = TemplateDrift.objects.filter(template=row)
    ConfigurationCheck.objects.filter(station__in=drifts.values("station")).update(due_at=now)
    drifts.update(in_step_at=None)


def _set_places(row: ConfigurationTemplate, locations: Sequence[Location]) -> None:
    row.places.all().delete()
    TemplateLocation.objects.bulk_create(
        TemplateLocation(operator_id=row.operator_id, template=row, location=place)
        for place in {place.pk: place for place in locations}.values()
    )


def _look_at_its_stations(row: ConfigurationTemplate, now: datetime) -> None:
    if row.spread_at is not None:
        spread(template=row, now=now)
        row.spread_at = None
    mine = ConfigurationCheck.objects.filter(operator_id=row.operator_id)
    check_some(mine, now=now, limit=_AT_ONCE)


@atomic
def delete_template(*, template: ConfigurationTemplate, actor: Actor, now: datetime) -> None:
    """Stations keep what they are set to; roll-outs under way go on without it."""
    _audit(template, actor, "configuration_template.deleted", {"name": template.name}, now)
    _recheck(template, now)
    template.delete()


def _errors(
    operator: Operator,
    template: ConfigurationTemplate | None,
    values: Mapping[str, Any],
    locations: Sequence[Location],
) -> dict[str, str]:
    errors = {
        field: f"At most {limit} characters."
        for field, limit in _LENGTHS.items()
        if len(values[field]) > limit
    }
    if not values["name"]:
        errors["name"] = "Give it a name."
    elif "name" not in errors and _is_taken(operator.pk, template, values["name"]):
        errors["name"] = "Another template has this name."
    if values["protocol"] not in Protocol.values:
        errors["protocol"] = "This protocol is not known."
    if any(place.operator_id != operator.pk for place in locations):
        errors["locations"] = "This location does not exist."
    return errors


def _is_taken(operator_id: UUID, template: ConfigurationTemplate | None, name: str) -> bool:
    same = ConfigurationTemplate.objects.filter(operator_id=operator_id, name=name)
    return (same.exclude(pk=template.pk) if template is not None else same).exists()


def read_item(told: Mapping[str, str]) -> Item:
    """As people mean it: names without blanks around them; an unknown rule is told as an error."""
    return Item.from_json(
        {
            "name": text(str(told.get("name", ""))),
            "value": text(str(told.get("value", ""))),
            "attribute": text(str(told.get("attribute") or "")),
            "comparison": str(told.get("comparison") or ""),
        }
    )


def item_errors(
    told: Sequence[Mapping[str, str]], items: Sequence[Item], protocol: str = ""
) -> dict[str, str]:
    """`items.<number>.<field>` → fault; "items" for all of them together."""
    if not items:
        return {"items": "Name at least one value."}
    if len(items) > MOST_ITEMS:
        return {"items": f"At most {MOST_ITEMS} values; make two templates."}
    errors: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for number, item in enumerate(items):
        word = told[number].get("comparison") or Comparison.AUTO
        faults = _item_faults(item, word, family_of(protocol))
        if (item.name, item.attribute) in seen:
            faults["name"] = "This is named twice."
        seen.add((item.name, item.attribute))
        errors |= {f"items.{number}.{field}": fault for field, fault in faults.items()}
    return errors


def _item_faults(item: Item, word: str, family: Family | None) -> dict[str, str]:
    faults = {
        "name": _name_fault(item.name) or _form_fault(item.name, family),
        "attribute": _attribute_fault(item),
        "comparison": "" if word in list(Comparison) else "There is no such comparison.",
        "value": _value_fault(item),
    }
    return {field: fault for field, fault in faults.items() if fault}


def _name_fault(name: str) -> str:
    if not name:
        return "Name the setting."
    if len(name) > MAX_NAME:
        return f"At most {MAX_NAME} characters."
    if is_secret(name):
        return "A secret does not belong in a template: every station has its own."
    if name.casefold().endswith(_SECURITY):
        return "A station's security profile is set on its Security page."
    return ""


def _form_fault(name: str, family: Family | None) -> str:
    """A name that no message can carry would take the others of its message down with it."""
    if name in BY_ID:
        return ""
    if family is Family.VARIABLES or (family is None and "." in name):
        if is_variable_name(name):
            return ""
        return "Write a variable as Component.Variable, each part of at most 50 characters."
    return f"A configuration key has at most {MAX_KEY} characters." if len(name) > MAX_KEY else ""


def _attribute_fault(item: Item) -> str:
    if item.attribute not in ATTRIBUTES:
        return f"One of {', '.join(ATTRIBUTES)}."
    if item.attribute != "Actual" and item.name not in BY_ID and "." not in item.name:
        return "A configuration key has no attributes."
    return ""


def _value_fault(item: Item) -> str:
    if len(item.value) > MAX_VALUE:
        return f"At most {MAX_VALUE} characters."
    if item.comparison is Comparison.TRUTH and truth_of(item.value) is None:
        return "Either true or false."
    setting = BY_ID.get(item.name)
    if setting is None:
        return ""
    if not item.value and setting.characteristics.data_type in (*NUMBERS, DataType.BOOLEAN):
        return "Give a value."
    return setting.characteristics.fault(item.value)


def present_values(station: ChargingStation) -> list[dict[str, str]]:
    """The well-known settings of a station as items of a template; what it never told is left out."""
    family = family_of(station.protocol)
    if family is None:
        return []
    names = {name: each for each in SETTINGS if (name := each.name_in(family))}
    known = known_variables(station_id=station.pk, names=names)
    return [
        Item(name=setting.id, value=known[name].value).to_json()
        for name, setting in names.items()
        if name in known and not known[name].is_read_only and not is_secret(name)
    ]


def _audit(
    row: ConfigurationTemplate,
    actor: Actor,
    action: str,
    changes: Mapping[str, Any],
    now: datetime,
) -> None:
    audit.record(
        operator=row.operator, actor=actor, action=action, obj=row, changes=dict(changes), now=now
    )
