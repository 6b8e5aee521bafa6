"""The timetable of cinemas: what is refused and why, and what a day looks like that nobody wrote down."""

from __future__ import annotations

import pytest

from sim.config import HallConfig, RunConfig, ShowConfig, problems_of
from sim.errors import ConfigError
from sim.floorplan.cache import load_compiled
from sim.floorplan.compile import compile_plan
from sim.paths import find_floorplan
from sim.timetable import halls_of, timetable_of
from sim.units import US_PER_MIN
from tests.engine_days import corner_mall
from tests.plan_samples import sound_plan

pytestmark = pytest.mark.plain


def with_shows(*shows: ShowConfig, halls: int = 0) -> RunConfig:
    config = RunConfig()
    config.cinema.shows = list(shows)
    config.cinema.halls = [HallConfig(seats=50) for _ in range(halls)]
    return config


def test_a_show_before_its_hall_is_clean_is_refused_in_one_message_that_says_when_it_will_be():
    config = with_shows(ShowConfig(starts="10:00", lasts_min=130.0), ShowConfig(starts="12:25"))

    (problem,) = problems_of(config)

    assert problem.place == "cinema.shows[1].starts"
    assert "hall 1 is not ready before 12:30" in str(problem)
    assert "cinema.shows[0] ends at 12:10 and cleaning takes 20 min" in str(problem)


def test_a_show_that_starts_when_its_hall_is_clean_or_in_another_hall_is_taken():
    shows = [ShowConfig(starts="10:00", lasts_min=130.0), ShowConfig(starts="12:30"), ShowConfig(starts="12:25", hall=2)]

    assert problems_of(with_shows(*shows)) == []


def test_all_mistakes_of_a_timetable_are_told_at_once():
    config = with_shows(
        ShowConfig(starts="11:00", hall=3),
        ShowConfig(starts="14:00", lasts_min=2.0),
        ShowConfig(starts="17:00", price_yuan=-1.0),
        ShowConfig(starts="24:00"),
        ShowConfig(starts="late"),
        halls=2,
    )

    assert [problem.place for problem in problems_of(config)] == [
        "cinema.shows[0].hall",
        "cinema.shows[1].lasts_min",
        "cinema.shows[2].price_yuan",
        "cinema.shows[3].starts",
        "cinema.shows[4].starts",
    ]


def test_what_only_the_plan_can_tell_is_told_together_when_the_mall_is_built():
    config = with_shows(ShowConfig(hall=2), ShowConfig(unit="bakery", starts="15:00"), ShowConfig(starts="09:00"))

    with pytest.raises(ConfigError) as refused:
        timetable_of(corner_mall(), config)

    assert [problem.place for problem in refused.value.problems] == [
        "cinema.shows[1].unit",
        "cinema.shows[0].hall",
        "cinema.shows[2].starts",
    ]
    assert "L2-screen has 1 hall" in str(refused.value)
    assert "takes people in from 10:00 to 22:00" in str(refused.value)


def test_more_seats_than_the_floor_has_room_for_are_refused():
    config = RunConfig()
    config.cinema.halls = [HallConfig(seats=200), HallConfig(seats=200)]

    with pytest.raises(ConfigError, match=r"400 seats.*|has room for 240 people"):
        timetable_of(corner_mall(), config)


def test_halls_share_the_floor_of_their_cinema():
    large, small = load_compiled(find_floorplan("riverside_mall")), corner_mall()
    of_large = halls_of(large, RunConfig(), large.tenant_categories.index("cinema"))
    of_small = halls_of(small, RunConfig(), small.tenant_categories.index("cinema"))

    assert [len(of_large), of_large[0].seats] == [10, 126]  # 5,308.8 m2 / 4.2 m2 a seat
    assert [len(of_small), of_small[0].seats] == [1, 114]


@pytest.mark.parametrize("stagger_min", [0.0, 14.0])
def test_a_day_that_nobody_wrote_down_has_clean_halls_and_sends_everybody_home(stagger_min):
    config, compiled = RunConfig(), load_compiled(find_floorplan("riverside_mall"))
    config.cinema.stagger_min = stagger_min

    shows = timetable_of(compiled, config)

    for hall in range(1, 11):
        here = [show for show in shows if show.hall.number == hall]
        gaps_us = [later.starts_us - show.ends_us for show, later in zip(here, here[1:], strict=False)]
        assert 4 <= len(here) <= 6
        assert min(gaps_us) >= 20 * US_PER_MIN
        assert max(gaps_us) < 25 * US_PER_MIN
    assert min(show.starts_us for show in shows) == (10 * 60 + 20) * US_PER_MIN
    assert max(show.starts_us for show in shows) <= 22 * 60 * US_PER_MIN
    assert max(show.ends_us for show in shows) <= (25 * 60 + 30) * US_PER_MIN


def test_films_of_one_length_without_stagger_end_in_all_halls_together():
    config, compiled = RunConfig(), load_compiled(find_floorplan("riverside_mall"))
    config.cinema.stagger_min, config.cinema.film_min_low, config.cinema.film_min_high = 0.0, 120.0, 120.0

    shows = timetable_of(compiled, config)

    assert len({show.ends_us for show in shows}) == len(shows) / 10


def test_a_mall_without_a_cinema_has_no_shows():
    assert timetable_of(compile_plan(sound_plan()), RunConfig()) == []
