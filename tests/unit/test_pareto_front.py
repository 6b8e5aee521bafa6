"""Fronts over several KPIs: who is dominated surely, how seldom wrongly, and what the picture shows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from sim.errors import ConfigError
from sim.experiments.engines import Runner
from sim.experiments.pareto import Goal, dominations, front, front_of_means
from sim.random_streams import stream_key, uniforms
from sim.reporting.pareto_drawing import draw_fronts

pytestmark = pytest.mark.plain
SALES, WAIT = Goal("sales_fen", True), Goal("queue_wait_s_mean", False)


def normals(study, arm, kpi, number=12):
    return ndtri(uniforms(stream_key(study, f"{arm} {kpi}"), np.arange(number), 0))


def sample(study, means):
    """Twelve replications of arms with these means [arm][KPI], sd 1, all independent."""
    return [[(mean + normals(study, arm, kpi)).tolist() for kpi, mean in enumerate(row)] for arm, row in enumerate(means)]


def test_an_arm_worse_in_everything_is_dominated_and_one_that_trades_is_not():
    values = sample(1, [[10.0, 5.0], [5.0, 9.0], [12.0, 9.0]])

    p_values = dominations(values, [SALES, WAIT])

    assert p_values[0, 1] < 0.05
    assert p_values[0, 2] > 0.5
    assert p_values[2, 0] > 0.5


def test_arms_that_are_equal_are_seldom_called_dominated():
    """Four arms of equal means, 300 studies at 5 %: at most 26 false (once in 1,000 seed sets); the rule is careful, and truth far below."""
    false = sum(min(dominations(sample(study, [[0.0, 0.0]] * 4), [SALES, WAIT]).values()) < 0.05 for study in range(300))

    assert false <= 26


def test_at_the_edge_of_domination_the_false_alarms_stay_within_what_is_promised():
    """Arm 1 is far worse in one KPI and equal in the other, so that either call is false: 300 studies, at most 26 (once in 1,000 seed sets)."""
    false = sum(dominations(sample(study, [[9.0, 0.0], [0.0, 0.0]]), [SALES, WAIT])[0, 1] < 0.05 for study in range(300))

    assert 1 <= false <= 26


def test_a_kpi_that_both_arms_share_to_the_last_digit_does_not_save_the_worse():
    days = normals(3, 0, 0).tolist()
    values = [[[day + 1 for day in days], days], [days, days]]

    assert dominations(values, [SALES, WAIT]) == pytest.approx({(0, 1): 0.0, (1, 0): 1.0}, abs=1e-9)


def test_the_front_of_means_by_hand():
    assert front_of_means([[3.0, 1.0], [2.0, 1.0], [4.0, 2.0], [3.0, 1.0]], [SALES, WAIT]) == [0, 2, 3]


def test_fronts_of_one_kpi_or_one_arm_are_refused_together(tmp_path):
    with pytest.raises(ConfigError) as caught:
        front([], tmp_path / "out", [SALES], 1, 0.2, Runner("nothing:run"))

    assert [problem.place for problem in caught.value.problems] == ["arms", "kpis", "replications", "confidence"]


def test_the_picture_names_arms_and_says_which_way_is_better():
    def kpi(name, middle):
        return {"name": name, "mean": 1.0, "difference_mean": middle, "ci_low": middle - 1, "ci_high": middle + 1}

    told = {
        "baseline": "none",
        "kpis": [{"name": "sales_fen", "unit": "fen", "better": "higher"}, {"name": "wait", "unit": "s", "better": "lower"}],
        "arms": [
            {"arm": "none", "verdict": "dominated", "kpis": [kpi("sales_fen", 0.0), kpi("wait", 0.0)]},
            {"arm": "more tills", "verdict": "may be on the front", "kpis": [kpi("sales_fen", 5.0), kpi("wait", -3.0)]},
        ],
    }

    picture = draw_fronts(told)

    assert picture == draw_fronts(told)
    assert all(words in picture for words in ("more tills", "(lower is better)", "(higher is better)"))
