from __future__ import annotations

from tests.support.portal import LogIn, admin, as_role, no_scan_of_static_files

__all__ = ["LogIn", "admin", "as_role", "no_scan_of_static_files"]
