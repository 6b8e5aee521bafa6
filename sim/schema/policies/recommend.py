"""What the policies that say what to whom are told: recommendation, content per member, slots, tags, stocking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"
CHANNELS = ("app", "push", "portal", "chat")


@dataclass
class RecommendConfig:
    """A list of stores for each person, by what the platform believes that it likes."""

    algorithm: str = known(
        "bandit", "by what stores are put in order: nothing, what sells, who goes where else, or what is learnt of clicks",
        choices=("random", "popularity", "collaborative", "bandit"),
    )  # fmt: skip
    k: int = known(3, "stores in a list; 0: none is shown", 0, 4)
    channel: str = known("app", "by which way a list is shown", choices=CHANNELS)
    audience_share: float = known(1.0, "share of those whom that way reaches who are shown lists, drawn", 0, 1)
    from_min: int = known(0, "minute of the day from which lists are shown", 0, 1440)
    until_min: int = known(1440, "and before which", 0, 1440)
    refresh_min: float = known(60.0, "least time between two lists for one person", 1, 1440, source=_JUDGED, confidence="L")
    explore_share: float = known(
        0.1, "share of places in lists that are filled at random, so that others can be learnt of", 0, 1,
        source="usual epsilon of 0.05-0.2", confidence="M",
    )  # fmt: skip
    ucb_width: float = known(
        0.5, "by how many standard errors a bandit overrates what it knows little of", 0, 10, source=_JUDGED, confidence="L"
    )
    learns_from: str = known(
        "opened", "what a bandit takes for success: that an entry is opened, or that the person is seen there afterwards",
        choices=("opened", "visited"),
    )  # fmt: skip
    settle_min: float = known(45.0, "time after which an entry that was not opened has failed", 1, 1440, source=_JUDGED, confidence="L")  # fmt: skip
    position_belief: float = known(
        0.7, "share of those who look at one place of a list that the platform believes to look at the next one", 0.01, 1,
        source=_JUDGED, confidence="L",
    )  # fmt: skip
    cold_start: float = known(
        3.0, "stores that a person must have been seen in until what others did counts as much as its profile", 0.01, 100,
        source=_JUDGED, confidence="L",
    )  # fmt: skip
    half_life_days: float = known(30.0, "age at which what was sold, clicked or walked counts half", 0.1, 3650, source=_JUDGED, confidence="L")  # fmt: skip
    per_trade_most: int = known(1, "stores of one trade in a list", 1, 4)
    exposure_floor_share: float = known(
        0.0,
        "of the mean exposure of all stores, which each store is to have at least: the last place of a list goes to those below",
        0,
        1,
    )


@dataclass
class ContentPerMemberConfig:
    """One message per member and visit; what it says differs by member."""

    rule: str = known(
        "learnt", "who is told what: everybody the same, drawn, or what is learnt to go down with people like this one",
        choices=("same", "random", "learnt"),
    )  # fmt: skip
    same: str = known(
        "deal", "what everybody is told where all are told the same", choices=("deal", "story", "meal", "benefit")
    )
    channel: str = known("push", "by which way", choices=CHANNELS)
    audience_share: float = known(1.0, "share of those whom that way reaches, drawn", 0, 1)
    off_share: float = known(0.15, "of the price, that a deal takes off", 0, 1)
    budget_yuan: float = known(3000.0, "most that deals take off in a day", 0, 1e9)
    life_min: float = known(120.0, "how long a deal is good for", 1, 100_000)
    explore_share: float = known(0.2, "share of messages whose content is drawn", 0, 1, source=_JUDGED, confidence="L")
    ucb_width: float = known(0.5, "by how many standard errors what is little known is overrated", 0, 10, source=_JUDGED, confidence="L")  # fmt: skip
    settle_min: float = known(45.0, "time after which a message that was not opened has failed", 1, 1440, source=_JUDGED, confidence="L")  # fmt: skip


@dataclass
class SlotsConfig:
    """Places of a page or a screen that stores buy at an auction."""

    slots: int = known(3, "places that are sold; 0: none", 0, 4)
    medium: str = known("app", "where they are", choices=("app", "portal", "screen"))
    days: str = known("every", "on which days: all, or holidays and days with events only", choices=("every", "feature"))
    period_min: int = known(240, "how long a place is bought for", 5, 1440)
    reserve_yuan: float = known(20.0, "least price of a place for a period", 0, 1e9, source=_JUDGED, confidence="L")
    margin_share: float = known(0.3, "of a sale that stores reckon with when they bid", 0, 1, source=_JUDGED, confidence="L")
    believed_opened_share: float = known(
        0.3, "share of views that stores believe to be opened", 0, 1, source=_JUDGED, confidence="L"
    )
    believed_buys_share: float = known(
        0.1, "share of those who open that stores believe to buy and would not have", 0, 1, source=_JUDGED, confidence="L"
    )
    views_expected: float = known(200.0, "views of a place in a period that the mall promises", 0, 1e9, source=_JUDGED, confidence="L")  # fmt: skip
    estimate_cv: float = known(
        0.5, "sd / mean of stores' estimates about what a place is worth: who wins has often overrated it", 0, 5,
        source="winner's curse; the spread is engineering judgement", confidence="L",
    )  # fmt: skip
    bids_share: float = known(1.0, "share of what a store believes it to be worth that it bids", 0, 10)
    learns_share: float = known(
        0.3,
        "weight of what the last period was seen to bring in what a store believes of the next",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )


@dataclass
class TagsSoldConfig:
    """What the platform makes of people, told to stores that make offers of their own by it."""

    access: str = known("open", "whether stores may have tags: none, or those of `trades`", choices=("none", "open"))
    trades: list[str] = field(default_factory=list)  # whose stores may have tags; empty: all
    depth: str = known("group", "how fine a tag is: the group of trades that a person likes best, the trade, or the store", choices=("group", "category", "store"))  # fmt: skip
    price_yuan: float = known(0.5, "price of a person's tag; 0: given away", 0, 1000, source=_JUDGED, confidence="L")
    affinity_least: float = known(
        1.2, "how much more than the average a person must like a store's trade for the store to want its tag", 0, 100,
        source=_JUDGED, confidence="L",
    )  # fmt: skip
    stores_most: int = known(3, "stores that are told of one person", 0, 1000)
    channel: str = known("chat", "by which way stores write to them", choices=CHANNELS)
    off_share: float = known(0.2, "of the price, that a store's offer takes off", 0, 1)
    budget_yuan: float = known(500.0, "most that one store's offers take off in a day; 0: no store wants tags", 0, 1e9)
    life_min: float = known(120.0, "how long an offer is good for", 1, 100_000)


def recommend_problems(recommend: RecommendConfig, tags: TagsSoldConfig) -> Iterator[Problem]:
    """Yield values that cannot go together."""
    if recommend.until_min <= recommend.from_min:
        yield Problem(
            "policy.recommend.until_min", str(recommend.until_min), f"must be after policy.recommend.from_min ({recommend.from_min})",
            "raise it, or set policy.recommend.k to 0 to show nothing",
        )  # fmt: skip
    for trade in tags.trades:
        if trade not in CATEGORIES:
            yield Problem("policy.tags_sold.trades", trade, "must be a trade", f"use one of {', '.join(CATEGORIES)}")
