"""axe as a gate: a page with findings fails."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _axe() -> Axe:
    return Axe()


def accessibility_findings(
    page: Page, *, within: str | None = None, rules: Sequence[str] = ()
) -> list[str]:
    """One line a finding, "rule (impact): what, at which elements", of the page or of `within`.

    Every rule of `TAGS`, or only those named.
    """
    only = {"type": "rule", "values": [*rules]} if rules else {"type": "tag", "values": TAGS}
    # Preloading would fetch style sheets again, which the content security policy forbids.
    options = {"resultTypes": ["violations"], "preload": False, "runOnly": only}
    results = _axe().run(page, context=within, options=options)
    return [
        f"{finding['id']} ({finding['impact']}): {finding['help']}, at "
        + ", ".join(" ".join(map(str, node["target"])) for node in finding["nodes"])
        for finding in results.response["violations"]
    ]


def assert_accessible(page: Page, *, within: str | None = None, rules: Sequence[str] = ()) -> None:
    """Fail with every finding of axe on the page as it stands now."""
    findings = accessibility_findings(page, within=within, rules=rules)
    if findings:
        raise AssertionError("\n".join([f"axe on {page.url}:", *findings]))
