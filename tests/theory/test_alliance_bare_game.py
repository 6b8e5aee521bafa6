"""The alliance's game without a mall: fixed points, tipping, hysteresis; run as a script it draws docs/images/alliance_tipping.svg anew."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from sim.bare_game import BareGame, tipping_subsidy
from sim.verification import alliance

pytestmark = pytest.mark.plain
PICTURE = Path(__file__).resolve().parents[2] / "docs" / "images" / "alliance_tipping.svg"
HABITS = (0.0, 0.03, 0.10)
SUBSIDIES = np.linspace(0.0, 1.0, 201)


def rests(habit_utility, subsidies=SUBSIDIES):
    """Return where the game comes to rest for each subsidy, begun with nobody and with everybody."""
    games = [BareGame(habit_utility=habit_utility, subsidy=float(each)) for each in subsidies]
    return np.array([game.rest_from_none() for game in games]), np.array([game.rest_from_all() for game in games])


def test_a_resting_share_is_a_fixed_point_of_the_threshold_curve():
    for subsidy in (0.0, 0.3, 0.6, 0.9):
        game = BareGame(habit_utility=0.03, subsidy=subsidy)
        low, high = game.rest_from_none(), game.rest_from_all()

        assert low <= high
        assert game.joining(low) == pytest.approx(low, abs=1e-9)
        assert game.staying(high) == pytest.approx(high, abs=1e-9)


def test_more_subsidy_never_leaves_fewer_in():
    low, high = rests(0.03, np.linspace(0, 1, 21))

    assert (np.diff(low) >= -1e-9).all()
    assert (np.diff(high) >= -1e-9).all()


def test_habit_makes_it_tip_and_moves_the_tipping_point():
    tips = []
    for habit_utility in HABITS:
        low, _ = rests(habit_utility)
        jump = float(np.max(np.diff(low)))
        game = BareGame(habit_utility=habit_utility)
        tips.append(tipping_subsidy(lambda each, game=game: dataclasses.replace(game, subsidy=each).rest_from_none()))
        assert (jump > 0.5) == (habit_utility > 0)  # without habits the share climbs; with them it jumps

    assert tips[0] > tips[1] > tips[2]


def test_what_fills_it_is_dearer_than_what_keeps_it_and_without_habits_only_by_the_tills():
    gaps = []
    for habit_utility in (0.0, 0.03):
        game = BareGame(habit_utility=habit_utility)
        up = tipping_subsidy(lambda each, game=game: dataclasses.replace(game, subsidy=each).rest_from_none())
        down = tipping_subsidy(lambda each, game=game: dataclasses.replace(game, subsidy=each).rest_from_all())
        gaps.append(up - down)
    free_tills = BareGame(habit_utility=0.0, till_fen=0.0)
    up = tipping_subsidy(lambda each: dataclasses.replace(free_tills, subsidy=each).rest_from_none())
    down = tipping_subsidy(lambda each: dataclasses.replace(free_tills, subsidy=each).rest_from_all())

    assert gaps[1] > 0.4 > 0.1 > gaps[0] > 0
    assert abs(up - down) < 0.02


def test_a_game_that_is_played_comes_to_rest_where_theory_says():
    for values in ({"merchants": 20_000, "habit_utility": each, "seed": 7} for each in (0.03, 0.10)):
        assert [record["case"] for record in alliance.run(values) if record["verdict"] != "pass"] == []


def draw_picture() -> None:
    """Write the picture of the tipping curve."""
    from sim.reporting.figure_colours import INK, MAIN, SECOND
    from sim.reporting.figure_style import draw

    def paint(figure):
        axes = figure.subplots()
        for habit_utility, color in zip(HABITS, (INK, SECOND, MAIN), strict=True):
            low, high = rests(habit_utility)
            axes.plot(100 * SUBSIDIES, 100 * low, color=color, linewidth=1.6, label=f"habit {habit_utility:g}")
            axes.plot(100 * SUBSIDIES, 100 * high, color=color, linewidth=1.6, linestyle=(0, (3, 2)))
        axes.set_xlabel("subsidy of fees and tills, %")
        axes.set_ylabel("merchants in, at rest, %")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.2, handlelength=1.6)

    PICTURE.write_text(draw(5.2, 3.0, paint), encoding="utf-8")


if __name__ == "__main__":
    draw_picture()
