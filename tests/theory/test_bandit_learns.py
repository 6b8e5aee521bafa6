"""A simple bandit, the one of the how-to, learns to beat chance on days that it has never seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.experiments.paired import paired_difference

pytest.importorskip("gymnasium", reason="the environment needs the extra learn: pip install -e .[learn]")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "learn-a-policy.md"


@pytest.fixture
def page():
    names = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S):
        exec(compile(block, PAGE.name, "exec"), names)
    return names


@pytest.mark.slow
@pytest.mark.compiled
def test_a_bandit_beats_chance_on_fresh_days_by_an_interval_without_zero(page):
    bandit = page["trained"](4)

    gained = page["advantage"](bandit, range(100, 108))

    found = paired_difference([0.0] * len(gained), gained)
    assert found.ci_low > 0, (bandit.mean, bandit.tried, gained)


@pytest.mark.plain
def test_the_bandit_of_the_page_tries_every_action_before_it_prefers_one(page):
    bandit = page["Bandit"](3)

    for place, reward in enumerate((1.0, 5.0, 2.0)):
        assert bandit.explore(0, place) == place
        bandit.learn(place, reward)

    assert bandit.best(0, 9) == 1
    assert bandit.mean.tolist() == [1.0, 5.0, 2.0]
