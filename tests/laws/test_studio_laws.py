"""What the planner's page saves is what one would have written by hand: the same day, to the last event."""

from __future__ import annotations

import pytest

from sim import api, config_files
from tests.studio_sessions import session

pytest.importorskip("starlette", reason="the planner's page needs the extra studio: pip install -e .[studio]")
pytestmark = [pytest.mark.compiled, pytest.mark.filterwarnings("ignore")]

DRAFT = {
    "base": "everyday",
    "floorplan": "quarter_mall",
    "policies": ["meal_push"],
    "overrides": {"population.visits_per_day": 300, "recording.report": False, "policy.meal_push.off_share": 0.25},
    "moves": [{"tenant": "L1-17", "to": "L1-28"}],
    "access_points": [{"level": "L1", "x_m": 60.5, "y_m": 40.0}, {"level": "L2", "x_m": 90.0, "y_m": 41.5}],
}
BY_HAND = """\
# @package _global_
question: Does a perfume shop at the back sell more with a lunch push?
expects: Not measured yet.
defaults:
  - everyday
floorplan: quarter_mall
population: {visits_per_day: 300}
policies:
  - meal_push
policy:
  meal_push: {off_share: 0.25}
recording:
  report: false
layout:
  access_points:
    - level: L1
      x_m: 60.5
      y_m: 40
    - {level: L2, x_m: 90, y_m: 41.5}
  moves:
    - {tenant: Pebbleton Perfumes, to: Ardenne & Co, swap: true}
arms: [everyday, perfume_at_the_back]
"""


def test_a_scenario_of_the_page_and_one_by_hand_are_the_same_run(tmp_path, monkeypatch):
    folders = [tmp_path / "page", tmp_path / "hand"]
    for folder in folders:
        (folder / "scenarios").mkdir(parents=True)
    monkeypatch.chdir(folders[0])
    with session() as (client, _):
        question = "Does a perfume shop at the back sell more with a lunch push?"
        answer = client.post("/api/save", json={"name": "perfume_at_the_back", "question": question, "draft": DRAFT})
    (folders[1] / "scenarios" / "perfume_at_the_back.yaml").write_text(BY_HAND, encoding="utf-8")

    manifests = []
    for folder in folders:
        monkeypatch.chdir(folder)
        manifests.append(api.run(config_files.compose("perfume_at_the_back"), folder / "run").manifest)

    assert answer.status_code == 200, answer.json()
    page, hand = manifests
    assert page["events_content_sha256"] == hand["events_content_sha256"]
    assert page["config_sha256"] == hand["config_sha256"]
    assert page["floorplan_sha256"] == hand["floorplan_sha256"]


def test_access_points_of_a_layout_change_what_is_sensed_and_nothing_that_happens(tmp_path):
    quiet = ["recording.report=false", "population.visits_per_day=120"]
    points = "layout.access_points=[{level:L1,x_m:10.0,y_m:9.0},{level:L2,x_m:12.0,y_m:9.0}]"

    before = api.run(config_files.compose("corner_day", quiet), tmp_path / "before")
    after = api.run(config_files.compose("corner_day", [*quiet, points]), tmp_path / "after")

    assert before.manifest["events_content_sha256"] == after.manifest["events_content_sha256"]
    assert before.kpis["position_error_m_mean"] != after.kpis["position_error_m_mean"]
