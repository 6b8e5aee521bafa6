"""The typed schema of ratings of tenants: noise, fraud, learning, and what tenants do about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"


@dataclass
class FraudConfig:
    """Ratings that are bought, and how the mall finds them."""

    tenants_share: float = known(0.0, "share of tenants that buy ratings of five stars", 0, 1)
    ratings_per_day: float = known(3.0, "ratings that such a tenant buys on a day", 0, 1000, source=_JUDGED, confidence="L")
    yuan_each: float = known(
        15.0, "what one of them costs", 0, 10_000, source=_JUDGED + ": the order of prices quoted in the press", confidence="L"
    )
    detection_share: float = known(0.0, "share of bought ratings that the mall recognises and takes out", 0, 1)
    false_alarm_share: float = known(0.0, "share of honest ratings of four stars and more that it takes for bought ones", 0, 1)
    expelled_after: int = known(
        0, "ratings taken for bought, within the memory of ratings, after which a tenant must go; 0: never", 0, 100_000
    )


@dataclass
class FeedbackConfig:
    """What tenants make of complaints (ratings below three stars)."""

    answers_per_day: float = known(0.0, "complaints that a tenant can answer and act on in a day", 0, 1000)
    answer_yuan: float = known(20.0, "what answering one costs", 0, 10_000, source=_JUDGED, confidence="L")
    gain_stars: float = known(
        0.01, "quality gained by one answer, where five stars are far; less near them", 0, 1, source=_JUDGED, confidence="L"
    )
    fade_per_day: float = known(
        0.01, "share of what was gained that is lost again each day", 0, 1, source=_JUDGED, confidence="L"
    )


@dataclass
class RatingsConfig:
    """Ratings of tenants: noise, fraud, learning, and what tenants do about them."""

    quality_sd: float = known(0.35, "spread of tenants' true quality around 4 stars", 0, 2, source=_JUDGED, confidence="L")
    share: float = known(
        0.03,
        "share of parties that rate a store in which they bought something, or wanted to and could not; restaurants: food.rating_share",
        0,
        1,
        source=_JUDGED + ": reviews per sale of online shops lie at 1-10 %",
        confidence="L",
    )
    noise_stars: float = known(0.7, "spread of what different people think of the same", 0, 3, source=_JUDGED, confidence="L")
    found_stars: float = known(0.15, "stars for having found what was wanted", -2, 4, source=_JUDGED, confidence="L")
    missed_stars: float = known(1.2, "stars that not getting it costs", 0, 4, source=_JUDGED, confidence="L")
    wait_min_per_star: float = known(10.0, "minutes in line that cost a star", 0.1, 1000, source=_JUDGED, confidence="L")
    dear_stars: float = known(
        2.0,
        "stars that prices twice those of the trade cost a party of average sensitivity",
        0,
        10,
        source=_JUDGED,
        confidence="L",
    )
    choosy_stars: float = known(0.4, "stars that a choosy party gives less", 0, 4, source=_JUDGED, confidence="L")
    display: str = known(
        "none",
        "what the mall's app shows: nothing, the mean, or a mean drawn towards that of all tenants where ratings are few",
        choices=("none", "mean", "bayesian"),
    )
    prior_ratings: float = known(
        10.0, "ratings that the mean of all tenants weighs in a bayesian mean", 0, 10_000, source=_JUDGED, confidence="L"
    )
    ratings_min: int = known(5, "ratings below which nothing is shown", 1, 100_000, source=_JUDGED, confidence="L")
    rounding_stars: float = known(
        0.1, "step to which shown stars are rounded; 0: not at all", 0, 2, source="usual displays", confidence="M"
    )
    memory_days: float = known(
        180.0, "days in which a rating loses all but 37 % of its weight", 1, 100_000, source=_JUDGED, confidence="L"
    )
    at_start: int = known(0, "honest ratings that every tenant has on the first day", 0, 100_000)
    weight: float = known(
        0.3,
        "utility of one shown star above four, for those who look at the app",
        0,
        10,
        source="sign: ratings draw guests (Luca 2016: 5-9 % revenue a star); size: " + _JUDGED,
        confidence="L",
    )
    own_trust: float = known(
        0.8, "part of that weight which a party's own good memory of the store replaces", 0, 1, source=_JUDGED, confidence="L"
    )
    fraud: FraudConfig = field(default_factory=FraudConfig)
    feedback: FeedbackConfig = field(default_factory=FeedbackConfig)


def problems(config: RatingsConfig) -> Iterator[Problem]:
    """Yield what cannot go together."""
    if config.fraud.expelled_after > 0 and config.fraud.detection_share == config.fraud.false_alarm_share == 0:
        yield Problem(
            "ratings.fraud.expelled_after", str(config.fraud.expelled_after), "nobody is found out as long as nothing is detected",
            "give ratings.fraud.detection_share, or set it to 0",
        )  # fmt: skip
