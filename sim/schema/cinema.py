"""The typed schema of cinemas: halls, seats, shows, sales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known
from sim.units import minutes_from_hours

LAST_END_MIN = 25 * 60 + 30  # the last audience is out of the mall before the day ends at 26:00
SEATS_MAX = 2000
LASTS_MIN_LOW, LASTS_MIN_HIGH = 5.0, 360.0
PRICE_YUAN_HIGH = 1000.0
JUDGED = "engineering judgement"


@dataclass
class HallConfig:
    """One hall of a cinema; halls of one unit are numbered from 1 in the order of the list."""

    unit: str = ""  # of the cinema; empty: the mall's only one
    seats: int = 125


@dataclass
class ShowConfig:
    """One show; a cinema with a show in the list plays that list and nothing else."""

    unit: str = ""  # of the cinema; empty: the mall's only one
    hall: int = 1
    starts: Any = "19:00"
    lasts_min: float = 120.0
    price_yuan: float = 35.7


@dataclass
class CinemaConfig:
    """What a run says of cinemas: halls, seats, shows, sales."""

    halls: list[HallConfig] = field(default_factory=list)
    shows: list[ShowConfig] = field(default_factory=list)
    m2_per_seat: float = known(
        4.2,
        "floor area of a cinema per seat, foyer included, where its halls are not listed",
        0.5,
        50,
        source=JUDGED,
        confidence="L",
    )
    hall_seats: float = known(
        125.0,
        "seats of a hall where halls are not listed; a hall's share of the floor decides",
        10,
        SEATS_MAX,
        source="120-130 seats a screen in China, 2014",
        tag="D",
    )
    film_min_low: float = known(
        90.0,
        "shortest film of a timetable that is not listed",
        10,
        300,
        source="common lengths of feature films",
        confidence="M",
    )
    film_min_high: float = known(140.0, "longest", 10, 300, source="common lengths of feature films", confidence="M")
    cleaning_min: float = known(
        20.0,
        "least time between the end of a show and the start of the next in the same hall",
        0,
        240,
        source="common practice",
        confidence="M",
    )
    first_show_min: float = known(
        20.0, "from opening to the first start where shows are not listed", 0, 600, source=JUDGED, confidence="L"
    )
    stagger_min: float = known(
        14.0,
        "by which each hall begins its day later than the one before; 0: all together",
        0,
        240,
        source="ten halls a cycle of 140 min apart; engineering judgement",
        confidence="L",
    )
    price_yuan: float = known(
        35.7,
        "price of a seat where shows are not listed, and what people are used to",
        0.01,
        PRICE_YUAN_HIGH,
        source="29.6 bn yuan / 830 M admissions, 2014; 30-45",
        tag="D",
        confidence="H",
    )
    price_yuan_scale: float = known(
        25.0,
        "yuan above the usual price that cost one unit of utility",
        0.1,
        10_000,
        source="price elasticity near -0.7 at the usual price; engineering judgement",
        confidence="L",
    )
    show_within_min: float = known(
        180.0, "from now to the start of a show that a party considers, at most", 1, 960, source=JUDGED, confidence="L"
    )
    show_wait_min_scale: float = known(
        60.0, "minutes until the start that cost one unit of utility", 1, 10_000, source=JUDGED, confidence="L"
    )
    show_utility: float = known(
        0.0,
        "utility of a show that starts at once, before the evening; seeing none has 0",
        -20,
        20,
        source=JUDGED,
        confidence="L",
    )
    evening_utility: float = known(
        1.5,
        "what a start in the evening adds",
        -20,
        20,
        source="evenings sell most seats; engineering judgement",
        confidence="L",
    )
    evening_starts: Any = known("18:00", "from when a start is in the evening")
    advance_share: float = known(
        0.4,
        "share of parties with a film in mind that have seats before they come",
        0,
        1,
        source="about half of 2014-15 tickets were sold online",
        confidence="L",
    )
    app_share: float = known(
        0.15,
        "share that buys in an app when it comes to the film; the rest goes to the cinema first",
        0,
        1,
        source="the same",
        confidence="L",
    )
    kiosk_share: float = known(0.5, "share of those that buy at a machine in the foyer", 0, 1, source=JUDGED, confidence="L")
    box_office_servers: int = known(3, "clerks who sell seats", 0, 1000, source=JUDGED, confidence="L")
    box_office_s_mean: float = known(75.0, "time to choose seats and pay at a clerk's", 1, 3600, source=JUDGED, confidence="L")
    kiosks: int = known(4, "machines in the foyer", 0, 1000, source=JUDGED, confidence="L")
    kiosk_s_mean: float = known(90.0, "time to choose seats and pay at a machine", 1, 3600, source=JUDGED, confidence="L")
    refund_share: float = known(
        0.02, "share of buyers in an app that change their minds before the show", 0, 1, source=JUDGED, confidence="L"
    )
    refund_cutoff_min: float = known(
        60.0,
        "minutes before the start until which seats are taken back",
        0,
        1440,
        source="usual terms of ticket apps",
        confidence="M",
    )
    sales_end_min: float = known(
        5.0, "minutes after the start at which a show's sales end", 0, 120, source=JUDGED, confidence="L"
    )
    margin_min: float = known(
        15.0,
        "minutes before the start, beyond the walk, from which a party with seats begins nothing else",
        0,
        240,
        source=JUDGED,
        confidence="L",
    )
    doors_min: float = known(
        10.0, "minutes before the start at which a hall opens", 0, 120, source="common practice", confidence="M"
    )
    late_min: float = known(
        30.0, "minutes after the start until which late-comers are let in", 0, 360, source=JUDGED, confidence="L"
    )


def problems(cinema: CinemaConfig) -> Iterator[Problem]:
    """Yield what is wrong with halls and shows, as far as it can be seen without the plan."""
    if cinema.film_min_low > cinema.film_min_high:
        rule = f"must be at most cinema.film_min_high ({cinema.film_min_high:g})"
        yield Problem("cinema.film_min_low", f"{cinema.film_min_low:g}", rule, "choose a shorter film")
    for index, hall in enumerate(cinema.halls):
        if not 1 <= hall.seats <= SEATS_MAX:
            rule, way_out = f"a hall has 1 to {SEATS_MAX} seats", "correct the number"
            yield Problem(f"cinema.halls[{index}].seats", str(hall.seats), rule, way_out)
    for index, show in enumerate(cinema.shows):
        yield from _show_problems(cinema, f"cinema.shows[{index}]", show)
    yield from _overlaps(cinema)


def _show_problems(cinema: CinemaConfig, place: str, show: ShowConfig) -> Iterator[Problem]:
    halls = sum(hall.unit == show.unit for hall in cinema.halls)
    if show.hall < 1 or (halls and show.hall > halls):
        has = f"cinema.halls gives {show.unit or 'the cinema'} the halls 1 to {halls}" if halls else "halls are numbered from 1"
        yield Problem(f"{place}.hall", str(show.hall), has, "choose one of them, or list another hall")
    if not LASTS_MIN_LOW <= show.lasts_min <= LASTS_MIN_HIGH:
        rule = f"a show lasts {LASTS_MIN_LOW:g} to {LASTS_MIN_HIGH:g} minutes"
        yield Problem(f"{place}.lasts_min", f"{show.lasts_min:g}", rule, "correct its length")
    if not 0.01 <= show.price_yuan <= PRICE_YUAN_HIGH:
        rule = f"a seat costs 0.01 to {PRICE_YUAN_HIGH:g} yuan"
        yield Problem(f"{place}.price_yuan", f"{show.price_yuan:g}", rule, "correct its price")
    starts_min = _starts_min(show)
    if starts_min is not None and starts_min + show.lasts_min > LAST_END_MIN:
        rule = f"a show ends by {_clock(LAST_END_MIN)}, so that its audience is out of the mall at 26:00"
        yield Problem(f"{place}.starts", str(show.starts), rule, "let it start earlier")


def _overlaps(cinema: CinemaConfig) -> Iterator[Problem]:
    """Yield every show that starts before its hall is clean after the one before."""
    ready_min: dict[tuple[str, int], tuple[float, int]] = {}
    known_starts = [(_starts_min(show), index) for index, show in enumerate(cinema.shows)]
    for starts_min, index in sorted((start, index) for start, index in known_starts if start is not None):
        show = cinema.shows[index]
        ready, before = ready_min.get((show.unit, show.hall), (0.0, -1))
        if starts_min < ready:
            rule = (
                f"hall {show.hall} is not ready before {_clock(ready)}: cinema.shows[{before}] ends at "
                f"{_clock(ready - cinema.cleaning_min)} and cleaning takes {cinema.cleaning_min:g} min"
            )
            yield Problem(f"cinema.shows[{index}].starts", str(show.starts), rule, "let it start later, or in another hall")
        ready_min[show.unit, show.hall] = max((ready, before), (starts_min + show.lasts_min + cinema.cleaning_min, index))


def _starts_min(show: ShowConfig) -> int | None:
    """Return the start in minutes after midnight; None for what is no time of day, which is told with all other hours."""
    try:
        return minutes_from_hours(show.starts)
    except ValueError:
        return None


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"
