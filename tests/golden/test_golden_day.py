"""One small day whose indicators must not change unless somebody means them to (`make golden`, and a line in CHANGELOG.md)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sim import api, config_files

GOLDEN = Path(__file__).with_name("corner_day.json")
TOLERANCE = 1e-6  # relative; the last bits of log and exp differ between processor families


@pytest.fixture(scope="module")
def corner_day(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float | int | None]:
    config = config_files.compose("corner_day", ["recording.report=false"])
    return api.run(config, tmp_path_factory.mktemp("golden")).kpis


@pytest.mark.compiled
def test_the_golden_day_comes_out_as_it_always_did(corner_day: dict[str, float | int | None]) -> None:
    if os.environ.get("GALLERIA_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(corner_day, indent=1) + "\n", encoding="utf-8")
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))

    assert corner_day.keys() == golden.keys()
    moved = {name: (golden[name], value) for name, value in corner_day.items() if not same(golden[name], value)}
    assert not moved, f"(golden, now): {moved}"


@pytest.mark.compiled
def test_the_golden_day_has_shoppers_who_buy_queue_and_park(corner_day: dict[str, float | int | None]) -> None:
    for name in ("footfall_visits", "purchases", "cars_parked", "sales_fen"):
        value = corner_day[name]

        assert value is not None
        assert value > 0


def same(golden: float | int | None, value: float | int | None) -> bool:
    """Return whether an indicator is unchanged: whole numbers exactly, others to TOLERANCE."""
    if isinstance(golden, float) and isinstance(value, float):
        return value == pytest.approx(golden, rel=TOLERANCE)
    return golden == value
