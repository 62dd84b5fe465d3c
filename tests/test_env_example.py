from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Read by docker-compose.yml and by the demo command, not by the settings.
OF_OTHERS = {"POSTGRES_PASSWORD", "CSMS_LISTEN", "CSMS_DEMO_PORT"}


def test_env_example_names_every_variable_of_the_settings_and_no_other() -> None:
    settings = (ROOT / "csms" / "settings.py").read_text()
    example = (ROOT / ".env.example").read_text()
    read = set(re.findall(r'env_(?:str|bool|int|list)\(\s*"([A-Z_]+)"', settings))
    named = set(re.findall(r"^#?([A-Z][A-Z_]+)=", example, flags=re.MULTILINE))
    assert named == read | OF_OTHERS
