"""Secrets of an installation that sets none: made once, kept readable by its owner only."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path


def load_or_create(path: Path) -> str:
    """The secret kept at `path`, made on first use (mode 0600).

    Linked into place when complete, so that of two processes starting at once both read the same.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path)
    return path.read_text(encoding="utf-8").strip()


def _create(path: Path) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(50))
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its secret counts
    finally:
        Path(draft).unlink()
