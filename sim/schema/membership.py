"""The typed schema of what happens between visits: memory, life cycle, word of mouth, competitors, messages."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"


@dataclass
class RecencyConfig:
    """How the time since somebody's last visit moves the next one; times in their own mean gaps between visits."""

    rest_depth: float = known(
        0.5, "share by which somebody who has just been is less likely to come", 0, 1, source=_JUDGED, confidence="L"
    )
    rest_gaps: float = known(0.3, "time in which that wears off to 1 / e", 0.01, 10, source=_JUDGED, confidence="L")
    lapse_floor: float = known(
        0.15,
        "what remains of the wish to come after a long absence; never nothing, so that everybody can come back",
        0.01,
        1,
        source=_JUDGED,
        confidence="L",
    )
    lapse_gaps: float = known(
        5.0, "absence after which it has fallen to 1 / e of the way there", 0.1, 1000, source=_JUDGED, confidence="L"
    )


@dataclass
class RemindersConfig:
    """What messages do to those who receive them: they remind, they annoy, they are turned off."""

    effect: float = known(
        0.05,
        "log of the factor on visits that many messages approach, as long as they do not annoy",
        0,
        1,
        source="+5 % visits to regional malls by messages that fit behaviour (Liu 2017)",
        tag="M",
        confidence="L",
    )
    scale_per_week: float = known(
        1.0, "messages a week at which 1 - 1 / e of that is reached", 0.01, 100, source=_JUDGED, confidence="L"
    )
    annoyance: float = known(
        0.10, "log of the factor by which those come less who receive more than they bear", 0, 2, source=_JUDGED, confidence="L"
    )
    reacts_weeks: float = known(
        2.0,
        "mean time until somebody who receives more than they bear does something about it",
        0.05,
        100,
        source=_JUDGED,
        confidence="L",
    )
    opt_out_shares: list[float] = field(
        default_factory=lambda: [0.1, 0.37, 0.33, 0.2],
        metadata={
            "meaning": "people who turn messages off at up to 1, 2-5, 6-10, more messages a week; adds up to 1",
            "low": 0, "high": 1, "source": "Localytics 2017, 1,000 app users, read as a law of thresholds", "tag": "D", "confidence": "M", "choices": (),
        },
    )  # fmt: skip
    stop_shares: list[float] = field(
        default_factory=lambda: [0.0, 0.22, 0.31, 0.47],
        metadata={
            "meaning": "people who stop using the app at up to 1, 2-5, 6-10, more messages a week; adds up to 1",
            "low": 0, "high": 1, "source": "as above; the rest: more", "tag": "D", "confidence": "M", "choices": (),
        },
    )  # fmt: skip
    removed_share: float = known(
        0.5, "share of those who stop using the app that remove it as well", 0, 1, source=_JUDGED, confidence="L"
    )


@dataclass
class TalkConfig:
    """Word of mouth: who tells, how many, and what it does to those who hear it."""

    share: float = known(
        0.10, "share of visits, better or worse than expected, that are told of", 0, 1, source=_JUDGED, confidence="L"
    )
    surprise: float = known(
        0.08,
        "satisfaction above or below what was expected from which a visit is worth telling",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    promoter_factor: float = known(3.0, "how much more promoters talk than others", 0, 20, source=_JUDGED, confidence="L")
    quiet_factor: float = known(0.4, "how much the quiet talk against others", 0, 1, source=_JUDGED, confidence="L")
    friends_told: float = known(2.0, "friends that hear of a good visit, mean", 0, 50, source=_JUDGED, confidence="L")
    bad_news_factor: float = known(
        2.0,
        "how many more hear of a bad one",
        0,
        10,
        source="about 5 are told of good, 10 of bad service (TARP)",
        confidence="L",
    )
    good_effect: float = known(
        0.20,
        "log of the factor on a friend's visits after a good tale",
        0,
        2,
        source="+0.20 purchase probability after good, -0.11 after bad word of mouth (East et al. 2008)",
        confidence="L",
    )
    news_effect: float = known(
        1.0,
        "the same after a good tale, for those who have not been there: they hear that the mall exists",
        0,
        2,
        source=_JUDGED,
        confidence="L",
    )
    bad_effect: float = known(
        0.10,
        "the same after a bad tale; half of it with twice the hearers: the usual mixture moves no visits",
        0,
        2,
        source="as above",
        confidence="L",
    )
    fades_days: float = known(30.0, "time in which a tale's effect falls to 1 / e", 1, 1000, source=_JUDGED, confidence="L")
    far_friends_share: float = known(
        0.3,
        "share of friends that are of any age and live anywhere in the catchment",
        0,
        1,
        source="weak ties (Granovetter 1973); the share is engineering judgement",
        confidence="L",
    )


@dataclass
class SeedingConfig:
    """Promoters that the mall has found and rewards for talking."""

    found_share: float = known(
        0.6,
        "chance that the mall's records show a member's character as it is; else as of anybody",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    reward_yuan_per_month: float = known(30.0, "reward of each, in a month", 0, 10_000, source=_JUDGED, confidence="L")
    talk_factor: float = known(3.0, "how much more they tell of good visits for it", 0, 20, source=_JUDGED, confidence="L")
    trust: float = known(
        0.7,
        "what a tale is worth of which friends know that it is rewarded; bad tales lose nothing",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )


@dataclass
class CompetitorConfig:
    """A competing mall."""

    distance_km: float = 5.0  # from this mall
    bearing_deg: float = 0.0  # in which direction: two competitors in one direction share their neighbours
    attraction: float = 1.0  # relative to this mall
    opens: str = (
        ""  # YYYY-MM-DD, not before the first day; empty: it was there before, and is in the rates at which residents come
    )


@dataclass
class RivalryConfig:
    """How trips divide among malls (Huff 1963, as a nested logit), and what holds people."""

    distance_exponent: float = known(
        2.0,
        "pull of a mall falls with distance to this power",
        0,
        5,
        source="Huff; 1-3 (parameters table)",
        tag="V",
        confidence="M",
    )
    new_trips_share: float = known(
        0.2,
        "inclusive-value weight of the nest of malls: 0 when a new mall only draws trips off, 1 when it only makes new ones",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    points_hold: float = known(
        0.3,
        "log of the factor on this mall's attraction for those with many points",
        0,
        5,
        source="switching cost: sign from the articles, size engineering judgement",
        confidence="L",
    )
    tags_hold: float = known(0.1, "the same for members, whose tastes the mall knows", 0, 5, source="as above", confidence="L")
    online_share: float = known(
        0.27,
        "share of purchases made online on the first day",
        0,
        0.95,
        source="China's online share of goods' retail sales in 2023",
        confidence="M",
    )
    online_drift_per_year: float = known(
        0.0, "by how much that share changes in a year", -0.5, 0.5, source="off; about +0.01 a year of late", confidence="L"
    )


@dataclass
class MembershipConfig:
    """What happens between visits: memory, life cycle, word of mouth, competitors, messages."""

    satisfaction_norm: float = known(
        0.69,
        "satisfaction that people expect of a visit before their first of the run; norm_days replace it",
        0,
        1,
        source="mean of the default day, measured",
        tag="D",
        confidence="L",
    )
    norm_days: int = known(
        7,
        "first days whose mean satisfaction takes the place of satisfaction_norm; 0: it stays as given, so that arms that differ from the first day on are held against one norm",
        0,
        365,
        source="a week has every kind of day",
        confidence="M",
    )
    satisfaction_weight: float = known(
        0.3, "weight of the newest visit in what somebody thinks of the mall", 0.01, 1, source=_JUDGED, confidence="L"
    )
    expectation_weight: float = known(
        0.05,
        "weight of the newest visit in what somebody expects: slower",
        0,
        1,
        source="expectations follow experience (Oliver 1980); size engineering judgement",
        confidence="L",
    )
    satisfaction_effect: float = known(
        1.0,
        "log of the factor on visits for one unit of satisfaction above what was expected",
        0,
        10,
        source=_JUDGED,
        confidence="L",
    )
    points_effect: float = known(
        0.03,
        "log of the factor on visits of very many points held; less of those held from before the run, which the rates know",
        0,
        1,
        source="1.74 % of members' sales are driven by incentives (Air Miles Cash study)",
        tag="D",
        confidence="M",
    )
    points_scale: float = known(
        50.0,
        "points held at which 1 - 1 / e of that, and of what holds people, is reached",
        0.1,
        100_000,
        source="a year's points at 1 point / 100 yuan",
        tag="D",
        confidence="L",
    )
    messages_per_week: float = known(
        0.0,
        "messages that everybody receives who lets the app send them",
        0,
        100,
        source="off: no policy sends any",
        confidence="L",
    )
    loyal_visits: int = known(
        3, "visits, since the first or since coming back, from which somebody is loyal", 1, 100, source=_JUDGED, confidence="L"
    )
    lost_gaps: float = known(
        3.0,
        "absence, in own mean gaps between visits, from which somebody counts as lost",
        1,
        100,
        source=_JUDGED,
        confidence="L",
    )
    lost_days_min: int = known(60, "and days of absence at least", 1, 3650, source=_JUDGED, confidence="L")
    liked_stars: float = known(
        4.5, "stars given from which a store is remembered with pleasure", 1, 5, source=_JUDGED, confidence="L"
    )
    disliked_stars: float = known(2.5, "stars given up to which it is no longer", 0, 5, source=_JUDGED, confidence="L")
    margin_share: float = known(
        0.10,
        "share of what people spend that the mall earns",
        0,
        1,
        source="turnover rents of 7-10 % for most trades",
        tag="D",
        confidence="L",
    )
    discount_per_year: float = known(
        0.10,
        "discount of a member's future value",
        0,
        1,
        source="usual in work on customer value (Gupta & Lehmann 2003: 12 %)",
        confidence="M",
    )
    seeded_promoters: int = known(0, "members that the mall takes for promoters and rewards for talking", 0, 1_000_000)
    competitors: list[CompetitorConfig] = field(default_factory=list)
    recency: RecencyConfig = field(default_factory=RecencyConfig)
    reminders: RemindersConfig = field(default_factory=RemindersConfig)
    talk: TalkConfig = field(default_factory=TalkConfig)
    seeding: SeedingConfig = field(default_factory=SeedingConfig)
    rivalry: RivalryConfig = field(default_factory=RivalryConfig)


def problems(membership: MembershipConfig, date: str) -> Iterator[Problem]:
    """Yield shares that do not add up and competitors that cannot be in a run whose first day is `date`."""
    for name in ("opt_out_shares", "stop_shares"):
        shares = getattr(membership.reminders, name)
        if abs(sum(shares) - 1.0) > 1e-9:
            rule = f"must add up to 1, is {sum(shares):g}"
            yield Problem(f"membership.reminders.{name}", str(list(shares)), rule, "change one of the shares")
    if membership.disliked_stars >= membership.liked_stars:
        place, rule = "membership.disliked_stars", f"must be below liked_stars ({membership.liked_stars:g})"
        yield Problem(place, f"{membership.disliked_stars:g}", rule, "choose fewer stars")
    for index, competitor in enumerate(membership.competitors):
        place = f"membership.competitors[{index}]"
        for name in ("distance_km", "attraction"):
            if not getattr(competitor, name) > 0:
                yield Problem(f"{place}.{name}", str(getattr(competitor, name)), "must be positive", "give a positive number")
        try:
            if competitor.opens and datetime.date.fromisoformat(str(competitor.opens)) < datetime.date.fromisoformat(date):
                rule = f"must not be before the run's first day ({date})"
                yield Problem(f"{place}.opens", repr(competitor.opens), rule, "leave it empty: the mall was there before")
        except ValueError as reason:
            rule = f"must be a day of the calendar, or empty: {reason}"
            yield Problem(f"{place}.opens", repr(competitor.opens), rule, 'write it as "2026-12-01"')
