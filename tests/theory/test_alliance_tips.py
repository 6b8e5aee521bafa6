"""Mesa merchants with noisy books among members whose habit follows who is in: it tips with a subsidy, and down with the anchor. No engine."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from sim.alliance import STATEMENT, Stage
from sim.bare_game import BareGame
from sim.crowd.mind import OUTCOME
from sim.decisions import Verdict
from sim.lived import RATING, Lived
from sim.random_streams import stream_key, uniforms
from tests.alliance_days import MONDAY, game_of

pytestmark = pytest.mark.plain
UNITS, DAYS = 40, 90  # each of which stands for five
LAW = BareGame(reward=0.002)
ANCHOR_SHARE = 0.4  # of all sales
KEEPS = 0.9  # of a member's habit, from day to day


def course(seed: int, starts_with: str, anchor_leaves_day: int = 0, habit_utility: float = 0.12, **keys: float) -> np.ndarray:
    """Return the share that is in, day by day; the first tenant is the anchor."""
    game = game_of(
        UNITS, seed=seed, starts_with=starts_with, anchor_leaves_day=anchor_leaves_day, days_each=5.0, review_days=35.0, margin_sigma=0.25,
        expected_gain=0.012 if starts_with == "all" else 0.0, expected_gain_sd=0.002, doubt=0.004, barriers__concept_days=10.0, **keys,
    )  # fmt: skip
    game.today["is_anchor"] = 0
    game.anchor = 0
    size = np.full(UNITS, (1 - ANCHOR_SHARE) / (UNITS - 1))
    size[0] = ANCHOR_SHARE
    weight = size * UNITS * LAW.sales_fen
    habit, found = LAW.shows_share * (starts_with == "all"), []
    for day in range(DAYS):
        decided = tuple(Verdict(0, name, each, "") for name, each in game.review())
        is_in = game.today["stage"] == Stage.IN
        share = float(size[is_in].sum())
        pull = np.exp(LAW.reward + habit_utility * habit)
        mean = share * pull + 1 - share
        factor = 1 - LAW.member_share + LAW.member_share * np.where(is_in, pull, 1.0) / mean
        luck = np.exp(0.01 * ndtri(uniforms(stream_key(seed, "luck of a day"), np.arange(UNITS), day)))
        told = np.zeros(UNITS, STATEMENT)
        told["sales_fen"] = told["received_fen"] = weight * factor * luck
        told["customers"] = 40_000
        told["fees_fen"] = np.where(is_in, LAW.fee_per_yuan * LAW.shows_share * LAW.member_share * told["sales_fen"], 0)
        game.learn(Lived(MONDAY, np.zeros(0, OUTCOME), np.zeros(0, RATING), decided=decided, statements=told))
        habit = KEEPS * habit + (1 - KEEPS) * LAW.shows_share * share
        found.append(game.summary()["alliance_share"])
    return np.array(found)


def at_end(*args, seeds=(1, 2, 3), **keys):
    return [round(float(course(seed, *args, **keys)[-1]), 2) for seed in seeds]


def helped(subsidy: float) -> dict[str, float]:
    return {"subsidy__fee_share": subsidy, "subsidy__till_share": subsidy}


def test_it_has_two_resting_points_and_a_subsidy_removes_the_lower_one():
    """Three seeds: begun with one, nobody is in at the end below three quarters of the costs paid; begun with all, most are without a yuan."""
    assert max(at_end("founders", **helped(0.0))) <= 0.1
    assert max(at_end("founders", **helped(0.75))) <= 0.1
    assert min(at_end("all", **helped(0.0))) >= 0.75
    assert sorted(at_end("founders", **helped(1.0)))[1] >= 0.9  # one of the three has bad luck with its first letters


def test_the_anchors_exit_makes_it_collapse_where_the_others_barely_paid():
    stays = at_end("all", seeds=(1, 2), habit_utility=0.035, **helped(0.5))
    leaves = at_end("all", 60, seeds=(1, 2), habit_utility=0.035, **helped(0.5))

    assert min(stays) >= 0.5
    assert max(leaves) <= 0.1
