"""Years of visits drawn without the engine: when people come again, what messages cost, who spends how much."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtri

from sim.config import RunConfig
from sim.crowd.mind import OUTCOME
from sim.lived import RATING, Lived
from sim.random_streams import draw_words, stream_key, uniforms
from sim.schema.membership import RecencyConfig
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.people import PopulationOf, hall
from sim.verification.records import STANDARD_ERRORS, Record, at_least, at_most, equal, near, record, verdict_of

MEANING = "days in a row without the engine: when people come again against renewal theory, messages against a survey, spend's upper tenth"
PARAMETERS: dict[str, Parameter] = {
    "residents": whole(20_000, "people of the catchment, about", 1000, 1_000_000),
    "days": whole(365, "days lived", 60, 3650),
    "satisfaction_mean": number(0.55, "mean satisfaction of a visit, whatever the norm of the configuration says", 0.0, 1.0),
    "satisfaction_sd": number(0.15, "standard deviation of a visit's satisfaction", 0.0, 0.5),
    "messages_per_week": number(5.5, "messages a week, in the case about them", 0.5, 30.0),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
RESIDENTS_PER_VISIT = 20
BUYS_SHARE, SPEND_FEN, SPEND_SIGMA = 0.81, 15_000, 0.9  # parameters table, section 3
DRIFT_MOST = 0.05  # of the year's mean rate in a world in which nothing changes
GAPS_LOOKED_AT = (0.25, 0.5, 1.0, 2.0, 4.0)


def toy_day(
    residents: Any, factor: np.ndarray, config: RunConfig, date: datetime.date, sd: float, mean: float | None = None
) -> Lived:
    """Return a day on which everybody comes at their own rate times a factor, is satisfied by chance (about the norm unless a mean is given), and spends."""
    day, about = date.toordinal(), config.membership.satisfaction_norm if mean is None else mean

    def draws(purpose: str, key: np.ndarray) -> np.ndarray:
        return uniforms(stream_key(config.seed, f"toy {purpose}"), key, day)

    comes = draws("visit", residents.key) < residents.visits_per_day * factor
    rows = np.flatnonzero(comes)
    key = residents.key[rows]
    outcomes = np.zeros(rows.size, OUTCOME)
    outcomes["resident"] = rows
    outcomes["number"] = (draw_words(stream_key(config.seed, "toy number"), key, day) >> np.uint64(1)).astype(np.int64)
    outcomes["satisfaction"] = np.clip(about + sd * ndtri(draws("satisfaction", key)), 0, 1)
    basket_fen = SPEND_FEN * np.exp(SPEND_SIGMA * ndtri(draws("spend", key)) - SPEND_SIGMA**2 / 2)
    buys = draws("buys", key) < BUYS_SHARE
    outcomes["spent_fen"] = np.where(buys, basket_fen * residents.spend_scale[rows], 0).astype(np.int64)
    return Lived(date, outcomes, np.zeros(0, RATING))


def toy_days(population: Any, config: RunConfig, days: int, sd: float, mean: float | None = None) -> Iterator[Lived]:
    """Live days in a row with a population's memory, and yield each once it has been learnt."""
    first = datetime.date.fromisoformat(config.date)
    for ordinal in range(days):
        date = first + datetime.timedelta(days=ordinal)
        lived = toy_day(population.residents, population.memory.visit_factor(date), config, date, sd, mean)
        population.memory.learn(lived)
        population.memory.join_by_law(lived)
        yield lived


def run_memory(values: dict[str, Any], population_of: PopulationOf) -> list[Record]:
    """Return renewal theory, the steady year and the survey of messages."""
    return [*_renewal(values, population_of), *_steady_year(values, population_of), *_messages(values, population_of)]


def _config(values: dict[str, Any]) -> RunConfig:
    config = RunConfig()
    config.seed = values["seed"]
    config.population.visits_per_day = values["residents"] / RESIDENTS_PER_VISIT
    return config


def _renewal(values: dict[str, Any], population_of: PopulationOf) -> list[Record]:
    """Return how many have come again after so many of their mean gaps, at rates that stay and without luck in satisfaction."""
    config = _config(values)
    config.catchment.seldom_visits = 1.0  # gaps in the mean gaps of one rate
    population: Any = population_of(config, hall())  # with `residents` and `memory` (agents.visits.Visits)
    rate = population.residents.visits_per_day
    first = population.memory.visit_factor(datetime.date.fromisoformat(config.date))
    last = np.full(rate.size, -1)
    gaps: list[np.ndarray] = []
    visits = 0
    for lived in toy_days(population, config, values["days"], 0.0):
        rows, day = lived.outcomes["resident"], lived.date.toordinal()
        visits += rows.size
        # only first gaps that began early: later ones are cut off at the end, which favours short ones
        again = rows[(last[rows] > 0)]
        gaps.append((day - last[again]) * rate[again].astype(float))
        last[again] = -2  # one gap of each
        last[rows[last[rows] == -1]] = day
    came_again = population.memory.summary(lived.date)["revisit_share_30d"]
    began = last > 0
    still = (datetime.date.fromisoformat(config.date).toordinal() + values["days"] - last[began]) * rate[began]
    found = _kaplan_meier(np.concatenate(gaps), still, np.array(GAPS_LOOKED_AT))
    surviving = survival(config.membership.recency)
    expected = float(rate.sum()) * values["days"]
    error = STANDARD_ERRORS * np.sqrt(1 / expected)
    people = sum(gap.size for gap in gaps) + still.size
    theory = float((rate * (1 - surviving(np.minimum(30.5 * rate, 59.0)))).sum() / rate.sum())
    return [
        equal("people whose factor on the first day is not exactly 1", "people", 0, int((first != 1.0).sum())),
        record("visits of a world in which nothing changes", "visits", expected, visits, verdict_of(abs(visits / expected - 1) < 0.02 + error), "within 2 % and chance", days=values["days"]),
        *(
            near(f"not back after {gap:g} own mean gaps", "share", float(surviving(np.array(gap))), float(share_away), 0.02 + STANDARD_ERRORS * 0.5 / np.sqrt(people))
            for gap, share_away in zip(GAPS_LOOKED_AT, found, strict=True)
        ),
        near("came again within 30 days", "share", theory, came_again, 0.02),
    ]  # fmt: skip


def survival(recency: RecencyConfig) -> Any:
    """Return S(x), the share not back after x own mean gaps, by integrating the hazard's formula (not by the tables of the product)."""

    def shape(x: float) -> float:
        rested = 1 - recency.rest_depth * np.exp(-x / recency.rest_gaps)
        return float(rested * (recency.lapse_floor + (1 - recency.lapse_floor) * np.exp(-x / recency.lapse_gaps)))

    x = np.linspace(0, 60, 6001)
    pieces = np.array([quad(shape, a, b)[0] for a, b in zip(x[:-1:10], x[10::10], strict=True)])
    whole_x, cumulated = x[::10], np.concatenate([[0.0], np.cumsum(pieces)])
    fine = np.interp(x, whole_x, cumulated)

    def mean_gap(scale: float) -> float:
        s = np.exp(-scale * fine)
        return float(np.trapezoid(s, x)) + float(s[-1]) / (scale * shape(60.0))

    scale = brentq(lambda scale: mean_gap(scale) - 1, 1e-3, 1e3)
    return lambda gap: np.exp(-scale * np.interp(gap, x, fine))


def _kaplan_meier(ended: np.ndarray, cut: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the share that lasts longer than each of `at`, where some were cut off before they ended (Kaplan & Meier 1958)."""
    length = np.concatenate([ended, cut])
    is_end = np.concatenate([np.ones(ended.size), np.zeros(cut.size)])
    order = np.lexsort((1 - is_end, length))
    length, is_end = length[order], is_end[order]
    at_risk = length.size - np.arange(length.size)
    surviving = np.cumprod(1 - is_end / at_risk)
    place = np.searchsorted(length, at, side="right") - 1
    return np.where(place < 0, 1.0, surviving[np.maximum(place, 0)])


def _steady_year(values: dict[str, Any], population_of: PopulationOf) -> list[Record]:
    """Return how far the mean rate drifts where satisfaction varies and people talk, and who spends how much."""
    config = _config(values)
    population: Any = population_of(config, hall())
    visits, factors = 0, []
    rate = population.residents.visits_per_day
    for lived in toy_days(population, config, values["days"], values["satisfaction_sd"], values["satisfaction_mean"]):
        visits += lived.outcomes.size
        tomorrow = lived.date + datetime.timedelta(days=1)
        factors.append(float((population.memory.visit_factor(tomorrow) * rate).sum() / rate.sum()))
    summary = population.memory.summary(lived.date)
    expected = float(rate.sum()) * values["days"]
    heard = population.memory.heard
    return [
        near("visits of a year against those of their own accord", "ratio", 1.0, visits / expected, DRIFT_MOST),
        near("mean factor at the end", "ratio", 1.0, float(np.mean(factors[-30:])), DRIFT_MOST),
        at_least("share of spend by the best tenth of buyers", "share", 0.30, summary["top_decile_spend_share"]),
        at_most("share of spend by the best tenth of buyers ", "share", 0.60, summary["top_decile_spend_share"]),
        near("what is heard moves nobody's visits in the mean", "log", 0.0, float(heard.astype(float).mean()), 0.02),
        equal("messages sent where none are", "messages", 0, summary["messages_sent"]),
    ]


def _messages(values: dict[str, Any], population_of: PopulationOf) -> list[Record]:
    """Return who has turned messages off or stopped using the app, against the survey's thresholds."""
    config = _config(values)
    config.membership.messages_per_week = values["messages_per_week"]
    config.digital.member_share = 1.0
    population: Any = population_of(config, hall())
    start = int(population.memory.push_on.sum())
    for _ in toy_days(population, config, min(values["days"], 140), 0.0):
        pass
    tally, reminders = population.memory.tally, config.membership.reminders
    bands = np.array([0.0, 1.5, 5.5, 10.5, 21.0])
    off, stops = (
        float(np.interp(values["messages_per_week"], bands, np.concatenate([[0.0], np.cumsum(shares)])))
        for shares in (reminders.opt_out_shares, reminders.stop_shares)
    )
    wanted = {"stopped using the app": (stops, "stopped_app"), "turned messages off only": (max(0.0, off - stops), "opted_out")}
    return [
        near(f"{what} at {values['messages_per_week']:g} messages a week", "share", share, tally.total(name) / max(start, 1), 0.01 + STANDARD_ERRORS * float(np.sqrt(share * (1 - share) / max(start, 1))))
        for what, (share, name) in wanted.items()
    ]  # fmt: skip
