"""Which portal pages are measured: every address that a member may GET, and some with queries.

The list is not typed in: the probe walks the whole URL configuration, so that a new page is
measured from its first day. Here stands only what the walk cannot know.
"""

from __future__ import annotations

# Pages that must exist, whatever the walk finds.
ESSENTIAL = (
    "operations:network",
    "search",
    "chargers:stations",
    "chargers:station",
    "chargers:station_transactions",
    "chargers:station_commands",
    "chargers:station_variables",
    "chargers:station_frames",
    "chargers:station_timeline",
    "chargers:station_settings",
    "chargers:add_station",
    "chargers:transactions",
    "chargers:transaction",
    "chargers:locations",
    "chargers:location",
    "tariffs:groups",
    "tariffs:group",
    "tariffs:matrix",
    "tariffs:assign",
    "tariffs:simulator",
    "tariffs:tariffs",
    "tariffs:tariff",
    "tariffs:add_version",
    "accounts:drivers",
    "accounts:driver",
    "accounts:tokens",
    "accounts:members",
    "accounts:api_keys",
    "accounts:audit",
    "branding:settings",
)

# The same pages as people use them: searched, filtered, deep in the list. `{name}` is an example.
WITH_QUERY = (
    ("search", "q=Utrecht"),
    ("search", "q=04BE0000"),
    ("chargers:stations", "q=Utrecht"),
    ("chargers:stations", "page=200"),
    ("chargers:stations", "sort=-name"),
    ("chargers:stations", "location={location_id}"),
    ("chargers:transactions", "state=active"),
    ("chargers:transactions", "state=ended"),
    ("chargers:transactions", "state=provisional"),
    ("chargers:transactions", "review=on"),
    ("chargers:transactions", "location={location_id}"),
    ("chargers:transactions", "location={location_id}&state=active"),
    ("chargers:transactions", "station={station_id}"),
    ("chargers:transactions", "driver={drivers}"),
    ("chargers:transactions", "token=04BE0000000010"),
    ("chargers:locations", "q=Utrecht"),
    ("chargers:station_frames", "text=Heartbeat"),
    ("chargers:makes", "q={vendor}"),
    ("chargers:make", "vendor={vendor}&model={model}"),
    ("chargers:station_setting", "name=Key7"),
    ("chargers:stations", "configuration=differs"),
    ("chargers:configuration_template", "step=differs"),
    ("chargers:configuration_template", "q=Utrecht"),
    ("chargers:rollout", "state=rejected"),
    ("chargers:template_names", "q=Key"),
    ("tariffs:matrix", "q=Utrecht"),
    ("tariffs:simulator", "plug=Utrecht"),
    ("tariffs:matrix", "page=40"),
    ("tariffs:parts", "place=location:{location_id}"),
    ("tariffs:parts", "place=station:{station_id}"),
    ("tariffs:cell", "group={group_id}&place=location:{location_id}"),
    ("tariffs:assign", "level=stations&q=Utrecht&groups={group_id}&what=denied&current_type=both"),
    ("tariffs:tariffs", "q=list"),
    ("tariffs:tariffs", "archived=on"),
    ("accounts:drivers", "q=driver+123"),
    ("accounts:tokens", "q=04BE"),
)

# Nothing is there without one.
ONLY_WITH_QUERY = (
    "chargers:make",
    "chargers:station_setting",
    "tariffs:parts",
    "tariffs:cell",
)

# Not pages of the portal: other audiences, or files.
LEFT_OUT_PREFIXES = ("admin/", "api/", "account/", "static/", "live/")
