"""From plan and parameters to the terms on which each tenant gives and takes points today."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np

from sim.config import RunConfig
from sim.crowd.points.records import TERMS
from sim.crowd.state import records
from sim.errors import ConfigError, Problem
from sim.ledger.records import NEVER_US
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.schema.points import WEEKDAYS, PointsCampaignConfig, PointsConfig
from sim.units import US_PER_DAY, US_PER_MIN, minutes_from_hours

FEN_PER_YUAN = 100
CENTIPOINTS = 100  # in a point
THOUSAND, MILLION = 1000, 1_000_000
MOST_CENTI = 2**53
DAY_MIN = 24 * 60


def terms_of(compiled: CompiledPlan, config: RunConfig) -> np.ndarray:
    """Return the TERMS of each unit; raises ConfigError for units that the plan lacks."""
    unknown = list(_unknown_units(config.points, compiled.unit_ids))
    if unknown:
        raise ConfigError.of("the configuration", unknown)
    terms = records(len(compiled.unit_ids), TERMS)
    terms["takes_part"] = taking_part(compiled, config) if config.points.is_on else 0
    return terms


def taking_part(compiled: CompiledPlan, config: RunConfig) -> np.ndarray:
    """Return which units take part (bool).

    A share takes own trades first, then others, each group in order of a draw of its own: a larger share only adds units.
    """
    points, units = config.points, len(compiled.unit_ids)
    if points.participation == "listed":
        return np.isin(np.array(compiled.unit_ids), points.participants)
    found = np.ones(units, bool)
    if points.participation == "share":
        draws = uniforms(stream_key(config.seed, "points_participation"), compiled.arrays.unit_key, 0)
        is_own = np.isin(np.array(compiled.tenant_categories), points.own_trades)
        found[:] = False
        found[np.lexsort((draws, ~is_own))[: round(points.participation_share * units)]] = True
    return found


def earning_of(compiled: CompiledPlan, config: RunConfig) -> tuple[np.ndarray, np.ndarray]:
    """Return by what each unit's receipts earn more than usual in each window of the day, in thousandths, and when windows begin (us)."""
    points = config.points
    units, trades = np.array(compiled.unit_ids), np.array(compiled.tenant_categories)
    factor = np.ones(units.size)
    for rate in points.rates:
        if rate.category:
            factor[trades == rate.category] = rate.factor
    for rate in points.rates:
        if rate.unit:
            factor[units == rate.unit] = rate.factor
    today = [campaign for campaign in points.campaigns if runs_on(campaign, datetime.date.fromisoformat(config.date))]
    hours = [_hours_min(campaign) for campaign in today]
    edges_min = sorted({0, *(edge for pair in hours for edge in pair if edge < DAY_MIN)})
    best = np.ones((units.size, len(edges_min)))
    is_in_one = np.zeros(best.shape, bool)
    for campaign, (from_min, to_min) in zip(today, hours, strict=True):
        here = np.isin(trades, campaign.categories) | np.isin(units, campaign.units)
        if not campaign.categories and not campaign.units:
            here[:] = True
        for window, edge_min in enumerate(edges_min):
            if from_min <= edge_min < to_min:
                seen = is_in_one[here, window]
                best[here, window] = np.where(seen, np.maximum(best[here, window], campaign.factor), campaign.factor)
                is_in_one[here, window] = True
    milli = np.rint(THOUSAND * factor[:, None] * best).astype(np.int64)
    return np.ascontiguousarray(milli), np.array(edges_min, np.int64) * US_PER_MIN


def campaigns_on(points: PointsConfig, date: datetime.date) -> list[str]:
    """Return the names of the campaigns that run on a day; one without a name is called by its number."""
    return [
        campaign.name or f"campaign {index + 1}" for index, campaign in enumerate(points.campaigns) if runs_on(campaign, date)
    ]


def runs_on(campaign: PointsCampaignConfig, date: datetime.date) -> bool:
    """Return whether a campaign runs on a day: from its first day on, until before its last."""
    if campaign.first and date < datetime.date.fromisoformat(str(campaign.first)):
        return False
    if campaign.until and date >= datetime.date.fromisoformat(str(campaign.until)):
        return False
    return not campaign.weekdays or WEEKDAYS[date.weekday()] in campaign.weekdays


def _hours_min(campaign: PointsCampaignConfig) -> tuple[int, int]:
    """Return from when until when a campaign runs; one until midnight goes on as long as the mall's day does."""
    starts = minutes_from_hours(campaign.starts) if str(campaign.starts) else 0
    ends = minutes_from_hours(campaign.ends) if str(campaign.ends) else DAY_MIN
    return starts, ends


def points_last_us(points: PointsConfig, date: datetime.date) -> int:
    """Return how long after a day's midnight its points expire: at midnight, the first instant at which they are gone."""
    if points.expiry == "never":
        return NEVER_US
    if points.expiry == "year_end":
        ends = datetime.date(date.year + 2, 1, 1)
    else:
        month = 12 * date.year + date.month - 1 + points.expiry_months + 1
        ends = datetime.date(month // 12, month % 12 + 1, 1)
    return (ends - date).days * US_PER_DAY


def describe_points(params: np.recarray, config: RunConfig) -> None:  # type: ignore[type-arg]
    """Fill in the parameters of points."""
    points = config.points
    params["points_on"] = points.is_on
    params["redeems"] = points.redeems
    params["fen_per_point"] = max(1, round(points.yuan_per_point * FEN_PER_YUAN))
    params["fen_per_gift_point"] = round(points.yuan_per_gift_point * FEN_PER_YUAN)
    params["face_fen"] = max(1, round(points.value_yuan * FEN_PER_YUAN))
    params["issue_fen"] = round(points.issue_yuan * FEN_PER_YUAN)
    params["redemption_fen"] = round(points.redemption_yuan * FEN_PER_YUAN)
    params["burn_least_centi"] = round(points.burn_points_min * CENTIPOINTS)
    params["burn_most_centi"] = min(MOST_CENTI, round(points.burn_points_max * CENTIPOINTS))
    params["burn_most_ppm"] = round(points.burn_share_max * MILLION)
    params["points_last_us"] = points_last_us(points, datetime.date.fromisoformat(config.date))
    params["parks_on_points_share"] = points.parking_share


def _unknown_units(points: PointsConfig, unit_ids: tuple[str, ...]) -> Iterator[Problem]:
    """Yield every unit that is named and that the plan lacks."""
    named = [(f"points.participants[{index}]", unit) for index, unit in enumerate(points.participants)]
    named += [(f"points.rates[{index}].unit", rate.unit) for index, rate in enumerate(points.rates) if rate.unit]
    named += [
        (f"points.campaigns[{index}].units", unit) for index, campaign in enumerate(points.campaigns) for unit in campaign.units
    ]
    for place, unit in named:
        if unit not in unit_ids:
            yield Problem(
                place, repr(unit), "the plan has no such unit", f"units are {', '.join(unit_ids[:3])}, ...: see tenants.csv"
            )
