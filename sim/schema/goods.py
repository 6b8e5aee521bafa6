"""The typed schema of goods: what tenants have on their shelves, who tries what on, what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.known import known

JUDGED = "engineering judgement"


@dataclass
class CatalogueConfig:
    """What hangs on the shelves, and what parties see in it."""

    looked_at: int = known(4, "articles that a party looks at in a store", 1, 12, source=JUDGED, confidence="L")
    size_count: int = known(
        5, "sizes of an article, in fashion, footwear, kids and sport", 1, 8, source="XS to XL", confidence="M"
    )
    tag_spread: float = known(
        0.7,
        "how far articles lie from their brand in the space of tastes, against how far brands lie from its middle",
        0,
        10,
        source=JUDGED,
        confidence="L",
    )
    taste_weight: float = known(
        0.8,
        "utility of an article that lies one standard deviation of brands further along a party's taste than its brand does",
        0,
        5,
        source=JUDGED,
        confidence="L",
    )
    price_weight: float = known(
        1.5,
        "utility lost per log unit of price, for a party of mean price sensitivity",
        0,
        10,
        source="elasticities of stores near -1 to -2 (Bijmolt et al. 2005 find -2.6 for brands)",
        confidence="L",
    )
    price_spread_share: float = known(
        0.4,
        "share of the variance of log baskets that is the article's price, not the party's own",
        0,
        1,
        source=JUDGED,
        confidence="L",
    )
    quality_sd_stars: float = known(
        0.4, "sd of the quality of articles about their brand's", 0, 2, source=JUDGED, confidence="L"
    )


@dataclass
class FitConfig:
    """Trying on, and what it saves from: articles that are taken home and brought back."""

    fit_part: float = known(
        0.5, "part of a trade's lost_to_stock_share that is fit; the rest is stock", 0, 1, source=JUDGED, confidence="L"
    )
    try_on_share: float = known(
        0.8,
        "share of parties that try on what they want; the time that takes is part of the dwell",
        0,
        1,
        source=JUDGED,
        confidence="L",
    )
    return_share: float = known(
        0.02,
        "share of purchases that fit and are brought back all the same, at quality as expected",
        0,
        0.9,
        source="shops report 2 to 10 % in store, against 17 to 30 % online (NRF 2023)",
        confidence="L",
    )
    misfit_return_share: float = known(
        0.7, "share of purchases that do not fit and are brought back", 0, 1, source=JUDGED, confidence="L"
    )
    regret_weight: float = known(
        1.0,
        "by how many log units a purchase is likelier to be brought back per star that it falls short of what was expected",
        0,
        5,
        source=JUDGED,
        confidence="L",
    )


@dataclass
class StockingConfig:
    """What tenants put on their shelves in the morning, from a forecast, and what they order for whoever asked in vain."""

    forecast_cv: float = known(
        0.4, "sd / mean of a day's demand for an article about the tenant's forecast", 0, 3, source=JUDGED, confidence="L"
    )
    learning_share: float = known(
        0.2,
        "weight of the last day in a tenant's forecast, over several days",
        0,
        1,
        source="simple exponential smoothing, usual range 0.1-0.3",
        confidence="M",
    )
    forecast: str = known(
        "articles",
        "what tenants order by: each article's own past, the store's as a whole (by weekday and trade) spread over its articles, or "
        "the store's bills foretold in forecast_file, spread likewise",
        choices=("articles", "merchants", "file"),
    )
    forecast_file: str = known(
        "",
        "bills a day of each store as foretold (a CSV of date, place, expected, as `galleria forecast --write` makes it), relative to the scenario's folder",
    )
    mix_wishes: float = known(
        60.0,
        "wishes in a store that weigh as much, in what each article's share of them is, as what the tenant supposed before its first day",
        0,
        1e6,
        source=JUDGED,
        confidence="L",
    )
    pool_threshold: int = known(
        3,
        "requests for an article that is not there, from which on the tenant orders it for the next day",
        1,
        1000,
        source=JUDGED,
        confidence="L",
    )
    pool_window_days: int = known(3, "days within which requests count together", 1, 60, source=JUDGED, confidence="L")
    online_weight: float = known(
        0.0,
        "weight of what people look at online in a forecast, against what the tenant has seen itself; over several days",
        0,
        1,
        source="0 without such data",
        confidence="L",
    )
    online_looks_per_wish: float = known(
        20.0, "looks at an article online for each wish in the store", 0.01, 10_000, source=JUDGED, confidence="L"
    )
    online_bias_sd: float = known(
        0.3,
        "log-sd of how much oftener an article is looked at online than wanted in the store: others look than come",
        0,
        3,
        source=JUDGED,
        confidence="L",
    )
    review_days: int = known(1, "days from one order to the next; between them shelves are not filled up", 1, 60)
    recall_cover: float = known(
        0.0,
        "stock, in what the forecast calls for, beyond which pieces are called back at an order; 0: never",
        0,
        1000,
        source=JUDGED,
        confidence="L",
    )
    recall_yuan: float = known(8.0, "what it costs to call a piece back", 0, 10_000, source=JUDGED, confidence="L")


@dataclass
class GuideConfig:
    """A guide who recognises a member on arrival in the store, and shows what should please."""

    recognition: str = known(
        "off",
        "how guides know members: not at all, with a given probability, or by where the mall's Wi-Fi locates them",
        choices=("off", "known", "sensed"),
    )
    recognised_share: float = known(
        0.5,
        "share of members recognised in time, where recognition is known",
        0,
        1,
        source="to be set to a run's own recognised_share",
        confidence="L",
    )
    profile_reliability: float = known(
        0.5,
        "correlation of the taste in a member's profile with the true one, where recognition is known",
        -1,
        1,
        source="`galleria verify tastes`: about 0.5 after three purchases known by store; below 0 the profile misleads",
        tag="D",
        confidence="L",
    )
    profile_pull: float = known(
        1.0,
        "how strongly the platform takes people's choices to follow their tastes, in log-odds per standard deviation",
        0,
        5,
        source=JUDGED,
        confidence="L",
    )
    trust: float = known(
        0.7, "share of those greeted who look at what the guide shows them", 0, 1, source=JUDGED, confidence="L"
    )
    intrusion: float = known(
        0.15, "utility that being addressed takes from everything in the store", 0, 5, source=JUDGED, confidence="L"
    )
    basket_weight: float = known(
        0.1,
        "log units that the basket grows per standard deviation of true match of what the guide has shown; it shrinks below 0",
        0,
        2,
        source=JUDGED,
        confidence="L",
    )


@dataclass
class ReviewsAtShelfConfig:
    """Reviews of articles that can be read at the shelf."""

    show: bool = known(False, "whether reviews are shown at the shelf")
    trust: float = known(
        0.5,
        "weight of reviews against what one would think without: of the article, and against a guide's word",
        0,
        1,
        source=JUDGED,
        confidence="L",
    )
    star_weight: float = known(
        0.8,
        "utility of a star more",
        0,
        5,
        source="one star more brings 5-9 % more revenue to restaurants (Luca 2016): a lower bound",
        confidence="L",
    )
    noise_sd_stars: float = known(
        0.3,
        "sd of an article's shown stars about its quality",
        0,
        2,
        source="some ten reviews each with an sd of one star",
        tag="D",
        confidence="L",
    )


@dataclass
class GoodsConfig:
    """Goods: what tenants have on their shelves, who tries what on, what comes back."""

    items_per_store: int = known(
        12,
        "articles of a store, of those that its customers tell apart; 0: no shelves, and whoever buys is drawn by conversion_share alone",
        0,
        60,
        source=JUDGED,
        confidence="L",
    )
    catalogue: CatalogueConfig = field(default_factory=CatalogueConfig)
    fit: FitConfig = field(default_factory=FitConfig)
    stocking: StockingConfig = field(default_factory=StockingConfig)
    guide: GuideConfig = field(default_factory=GuideConfig)
    reviews: ReviewsAtShelfConfig = field(default_factory=ReviewsAtShelfConfig)


def problems(goods: GoodsConfig) -> Iterator[Problem]:
    """Yield values that cannot go together."""
    if goods.stocking.forecast == "file" and not goods.stocking.forecast_file:
        yield Problem(
            "goods.stocking.forecast",
            "file",
            "needs goods.stocking.forecast_file",
            "name a CSV of date, place, expected; `galleria forecast counts.csv --write FILE.csv` makes one",
        )
    if goods.guide.recognition != "off" and goods.items_per_store == 0:
        yield Problem(
            "goods.guide.recognition",
            goods.guide.recognition,
            "a guide needs articles to show",
            "set goods.items_per_store to 12, or recognition to off",
        )
