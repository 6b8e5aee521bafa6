"""A whole calibration of a small mall, from feeds in a folder to a scenario that runs; stopped and gone on with, it is the same."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from sim.calibration.days import feed_of_day, to_measure
from sim.cli import main
from sim.cli_observe import write_feed
from sim.config_files import compose

WORDS = [
    "calibrate", "corner_day", "points=40", "check_days=4", "categories.fashion.conversion_share=0.1..0.6",
    "population.visits_per_day=100..400",
]  # fmt: skip
TOLD = ("calibration.json", "calibration.md", "calibrated.yaml", "posterior.csv")


@pytest.mark.slow
@pytest.mark.compiled
def test_a_calibration_stopped_half_way_and_done_by_other_workers_is_the_same_and_finds_the_truth(tmp_path: Path) -> None:
    """The true conversion lies 8 sd of its estimate inside the bounds asserted, so that chance does not fail this."""
    truth = compose("corner_day", ["population.visits_per_day=260", "categories.fashion.conversion_share=0.4"])
    (tmp_path / "month").mkdir()
    for day in range(6):
        date = (datetime.date(2026, 11, 21) + datetime.timedelta(days=day)).isoformat()
        feed, _ = feed_of_day(to_measure(truth, date, 900 + day), tmp_path / f"day{day}")
        write_feed(tmp_path / "month" / f"{date}.parquet", feed)
    data = f"data={tmp_path / 'month'}"
    assert main([*WORDS, data, "workers=2", "--out", str(tmp_path / "one")]) == 0
    kept = sorted((tmp_path / "one" / "runs").rglob("0*.json"))
    for number, path in enumerate(kept):  # as after a kill: some days are there, others not, and one is half written
        if number % 2:
            path.unlink()
    kept[0].write_text('{"arm": ')
    before = {name: (tmp_path / "one" / name).read_bytes() for name in TOLD}
    for name in (*TOLD, "manifest.json"):
        (tmp_path / "one" / name).unlink()
    (tmp_path / "one" / ".unfinished").write_text("calibration\n")
    assert main([*WORDS, data, "workers=1", "--out", str(tmp_path / "one")]) == 0
    assert {name: (tmp_path / "one" / name).read_bytes() for name in TOLD} == before
    found = {each["key"]: each for each in json.loads(before["calibration.json"])["parameters"]}
    conversion = found["categories.fashion.conversion_share"]
    assert conversion["is_told"]
    assert 0.25 < conversion["after"] < 0.55
    config = compose(str(tmp_path / "one" / "calibrated.yaml"), [])
    assert config.categories["fashion"].conversion_share == conversion["after"]
