"""Run stations from a shell without any Django settings."""

from __future__ import annotations

import sys

from chargers.simulator.cli import main

sys.exit(main())
