from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bench.cpu import Use, Window, machine_seconds, process_seconds, resident_kb, tree_seconds

_BURN = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"
# Burns in a child that ends and is collected, then says so and waits.
_PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {_BURN!r}], check=True)
print("burnt", flush=True)
sys.stdin.readline()
"""
_GONE_PID = 2**22 + 1


def test_an_ended_child_is_counted_on_its_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "burnt\n"
        assert 0.3 <= process_seconds(parent.pid) < 3.0
        assert 0.3 <= tree_seconds(parent.pid) < 3.0
        parent.communicate("end\n")


def test_a_living_child_is_counted_in_the_tree_only() -> None:
    burn_then_wait = f"{_BURN}print('burnt', flush=True)\nimport sys\nsys.stdin.readline()\n"
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn_then_wait!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "burnt\n"
        alone = process_seconds(parent.pid)
        assert tree_seconds(parent.pid) - alone >= 0.3
        parent.communicate("end\n")


def test_a_process_that_is_gone_costs_nothing() -> None:
    assert process_seconds(_GONE_PID) == 0.0
    assert tree_seconds(_GONE_PID) == 0.0


def test_resident_memory_is_in_kilobytes() -> None:
    assert 1_000 < resident_kb(os.getpid()) < 50_000_000


def test_window_counts_what_happened_inside_it() -> None:
    readings = iter([1.0, 1.5])
    window = Window({"web": lambda: next(readings)})

    use = window.close()

    assert use.cpu == {"web": 0.5}
    assert use.wall >= 0
    assert use.others >= 0
    assert machine_seconds() > 0


def test_use_is_shared_out_by_piece_and_name() -> None:
    use = Use(wall=2.0, cpu={"web": 0.5, "postgres": 0.25, "client": 1.0}, others=0.0)

    assert use.ms_per(1000, ["web", "postgres"]) == pytest.approx(0.75)
    assert use.ms_per(1000) == pytest.approx(1.75)
    assert use.ms_by_name(500) == pytest.approx({"web": 1.0, "postgres": 0.5, "client": 2.0})
    assert use.ms_per(0, ["web"]) == pytest.approx(500)
