"""The true effect of policies and single messages, by twins that differ in nothing else: per shopper, tenant, mall, and where it comes from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.config import RecordingConfig, RunConfig
from sim.experiments.estimators import Estimate, Logged, estimates_of
from sim.experiments.twins import Lives, TwinRunner, key_of, lives_of, on_units
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_HOUR, US_PER_MIN

SOON_US = (
    2 * US_PER_HOUR
)  # what is bought within two hours of the first message counts as its own, later as moved in time; a convention
ALL_POLICIES = "all policies"
Count = Callable[[int, int], None]


@dataclass(frozen=True)
class Split:
    """Where a change in sales comes from; whole fen, and the parts add up to it."""

    soon_fen: int = 0  # those reached, in stores that take the offer, within two hours of the first message
    later_today_fen: int = 0  # the same in the rest of the visit; negative: moved forward in time
    elsewhere_fen: int = 0  # the same people on the same visit in other stores; negative: taken from neighbours
    later_days_fen: int = 0  # the same residents on later days; negative: moved forward in time
    others_fen: int = 0  # everybody else: lines, crowding, tables, what policies then did otherwise

    @property
    def total_fen(self) -> int:
        """All of it."""
        return self.soon_fen + self.later_today_fen + self.elsewhere_fen + self.later_days_fen + self.others_fen


@dataclass(frozen=True)
class Effect:
    """Days with something less the same days without it."""

    name: str
    split: Split
    reached_visits: int
    visits: int  # with it less without it
    spend_fen_mean: float | None  # of a visit that was reached
    stay_min_mean: float | None
    satisfaction_mean: float | None
    sales_fen: tuple[int, ...]  # of each tenant
    margin_fen: tuple[int, ...]  # on each tenant's account at the end: sales less rent, fees and its part of offers
    mall_income_fen: int
    operator_fen: int  # on the operator's account
    offers_cost_fen: int  # what offers took off and gave on top, whoever bore it
    mall_cost_fen: int  # of it and of all else that the policies spent, what the mall bore

    @property
    def uplift_fen(self) -> int:
        """Sales with it less sales without it."""
        return self.split.total_fen

    @property
    def net_benefit_fen(self) -> int:
        """The mall's income more, less what the policies cost it."""
        return self.mall_income_fen - self.mall_cost_fen

    @property
    def roi(self) -> float | None:
        """Uplift in sales for a fen that offers cost."""
        return self.uplift_fen / self.offers_cost_fen if self.offers_cost_fen > 0 else None

    def facts(self, unit_ids: Sequence[str]) -> dict[str, Any]:
        """Return it for uplift.json."""
        plain = {
            each.name: getattr(self, each.name)
            for each in dataclasses.fields(self)
            if each.name not in ("split", "sales_fen", "margin_fen")
        }
        moved = {
            unit: {"sales_fen": sales, "margin_fen": margin}
            for unit, sales, margin in zip(unit_ids, self.sales_fen, self.margin_fen, strict=True)
            if sales or margin
        }
        margins = np.array(self.margin_fen)
        return {
            **plain, "uplift_fen": self.uplift_fen, "split": dataclasses.asdict(self.split), "net_benefit_fen": self.net_benefit_fen,
            "roi": self.roi, "tenants": moved, "tenants_worse_share": float((margins < 0).mean()) if margins.size else None,
        }  # fmt: skip


@dataclass(frozen=True)
class MessageEffect:
    """What one message did, by the twin in which it alone was withheld."""

    number: int
    policy: str
    offer: str
    visit: int
    effect: Effect


@dataclass(frozen=True)
class Measured:
    """All that twins say of a run's policies."""

    config: RunConfig
    real: Lives
    effects: tuple[Effect, ...]  # all policies together first, then each by itself where there are several
    messages: tuple[MessageEffect, ...]
    without: Lives  # the days without any of those policies
    estimates: tuple[Estimate, ...] = ()  # from the log, per decision
    heard: Estimate | None = None  # by the hold-out, of payments that tills have put down to people
    heard_people: int = 0  # who might have been addressed

    @property
    def whole(self) -> Effect:
        """All policies together."""
        return self.effects[0]

    def kpis(self) -> dict[str, float | int | None]:
        """Return the indicators that only a twin can give."""
        whole, heard = self.whole, self.heard
        return {
            "uplift_true_fen": whole.uplift_fen,
            "uplift_estimated_fen": None if heard is None else round(heard.effect * self.heard_people),
            "policy_net_benefit_fen": whole.net_benefit_fen,
            "coupon_roi": whole.roi,
        }


def measure(
    config: RunConfig,
    runner: TwinRunner,
    messages: int = 50,
    policies: Sequence[str] = (),
    count: Count | None = None,
    only: Callable[[list[str]], RunConfig] | None = None,
) -> Measured:
    """Live the days, their twins without each policy, and for a sample of messages the twin without that one; return what differs.

    Every twin has the same draws. Messages are sampled by address among those that reached somebody. `only` composes the days with some
    of the policies alone.
    """
    named = tuple(policies) or tuple(config.policies)
    several = [name for name in named if len(named) > 1]
    config = _unrecorded(config)

    def without(left_out: Sequence[str]) -> RunConfig:
        rest = [name for name in config.policies if name not in left_out]
        return _unrecorded(dataclasses.replace(config, policies=rest) if only is None else only(rest))

    arms = [config, without(named), *(without([name]) for name in several)]
    lived: dict[int, Lives] = {}
    total, done = len(arms), 0

    def tell() -> None:
        nonlocal done
        done += 1
        if count is not None:
            count(done, total)

    def keep(index: int, lives: Lives) -> None:
        lived[index] = lives
        tell()

    lives_of(runner, arms, keep)
    real = lived[0]
    effects = [effect_of(ALL_POLICIES if several else named[0] if named else ALL_POLICIES, real, lived[1], named)]
    effects += [effect_of(name, real, lived[2 + index], (name,)) for index, name in enumerate(several)]
    chosen = sample(real, config.seed, messages, named)
    total += chosen.size
    found: dict[int, MessageEffect] = {}

    def compare(index: int, lives: Lives) -> None:
        row = chosen[index]
        policy, offer = real.policies[row["policy"]], real.offers[row["offer"]].name if row["offer"] >= 0 else ""
        effect = effect_of(f"message {row['number']}", real, lives, message=int(row["number"]))
        found[index] = MessageEffect(int(row["number"]), policy, offer, int(row["visit"]), effect)
        tell()

    lives_of(runner, [_without_message(config, int(row["number"])) for row in chosen], compare)
    log, _ = decisions_of(real, named)
    heard, people = heard_estimate(real)
    return Measured(
        config, real, tuple(effects), tuple(found[index] for index in range(chosen.size)), lived[1], tuple(estimates_of(log)), heard, people
    )  # fmt: skip


def _unrecorded(config: RunConfig) -> RunConfig:
    return dataclasses.replace(config, recording=RecordingConfig(events="none", report=False))


def _without_message(config: RunConfig, number: int) -> RunConfig:
    policy = dataclasses.replace(config.policy, withheld=[*config.policy.withheld, number])
    return dataclasses.replace(config, policy=policy)


def sample(lives: Lives, seed: int, count: int, policies: Sequence[str]) -> np.ndarray:
    """Return `count` of the messages (MESSAGE) that reached somebody, drawn by their numbers; all of them where there are fewer."""
    names = [lives.policies.index(name) for name in policies if name in lives.policies]
    sent = lives.messages[(lives.messages["is_sent"] == 1) & np.isin(lives.messages["policy"], names)]
    draws = uniforms(stream_key(seed, "uplift sample"), sent["number"], 0)
    return np.sort(sent[np.argsort(draws, kind="stable")[:count]], order="number")


def effect_of(name: str, real: Lives, other: Lives, policies: Sequence[str] = (), message: int = -1) -> Effect:
    """Return what differs between days with something and the same days without it: of policies, or of one message."""
    if real.unit_ids != other.unit_ids:  # tenants that only one of both has
        names = (*real.unit_ids, *(unit for unit in other.unit_ids if unit not in real.unit_ids))
        real, other = on_units(real, names), on_units(other, names)
    touches = _touches_of(real, policies, message)
    spend, stay, mood = _of_visits(real, other, touches)
    used, unused = (sum(offer.cost_fen for offer in lives.offers) for lives in (real, other))
    return Effect(
        name, split_of(real, other, touches), np.unique(key_of(touches)).size, real.visits.size - other.visits.size,
        spend, stay, mood, tuple((real.sold_fen - other.sold_fen).tolist()), tuple((real.held_fen - other.held_fen)[:-1].tolist()),
        int(real.kpis["mall_income_fen"] - other.kpis["mall_income_fen"]), int(real.held_fen[-1] - other.held_fen[-1]), used - unused,
        _mall_cost_fen(real) - _mall_cost_fen(other),
    )  # fmt: skip


def _mall_cost_fen(lives: Lives) -> int:
    """Return what policies cost the mall: as the run has it, else what the operator bore of offers."""
    cost_fen = lives.kpis.get("policy_cost_owner_fen")
    return lives.borne_fen if cost_fen is None else int(cost_fen)


def _touches_of(lives: Lives, policies: Sequence[str], message: int) -> np.ndarray:
    """Return the TOUCH rows of some policies (what a trigger gives without an offer is anybody's), or of one message."""
    touches = lives.touches
    if message >= 0:
        return touches[touches["message"] == message]
    of_offer = np.array([offer.policy in policies for offer in lives.offers] + [True])
    number = np.searchsorted(lives.messages["number"], touches["message"])
    number = np.minimum(number, max(lives.messages.size - 1, 0))
    names = [lives.policies.index(name) for name in policies if name in lives.policies]
    is_mine = of_offer[touches["offer"]]
    if lives.messages.size:
        is_mine &= (touches["message"] < 0) | np.isin(lives.messages["policy"][number], names)
    return touches[is_mine]


def split_of(real: Lives, other: Lives, touches: np.ndarray) -> Split:
    """Return where the difference in sales lies, by who was touched when in the days with."""
    keys, at = np.unique(key_of(touches), return_inverse=True)
    since_us = np.full(keys.size, np.iinfo(np.int64).max)
    np.minimum.at(since_us, at, touches["time_us"])
    takes = np.zeros((keys.size, len(real.unit_ids)), bool)
    for offer in np.unique(touches["offer"]).tolist():
        units = real.offers[offer].units if offer >= 0 else ()
        takes[
            np.ix_(np.unique(at[touches["offer"] == offer]), np.array(list(units) or list(range(len(real.unit_ids))), np.int64))
        ] = True
    residents, since_day = _residents_touched(real, keys)
    parts = np.zeros(5, np.int64)
    for lives, sign in ((real, 1), (other, -1)):
        sales = lives.sales
        place, mine = _find(keys, key_of(sales))
        part = np.full(sales.size, 4)
        row, is_known = _find(residents, _resident_of(lives))
        part[is_known] = np.where(sales["day"][is_known] > since_day[row[is_known]], 3, 4)
        visit, unit = place[mine], sales["unit"][mine]
        is_soon = sales["time_us"][mine] < since_us[visit] + SOON_US
        part[mine] = np.where(takes[visit, unit], np.where(is_soon, 0, 1), 2)
        np.add.at(parts, part, sign * sales["fen"])
    return Split(*parts.tolist())


def _find(ordered: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the place of each value in an ordered array, and whether it is there."""
    if not ordered.size:
        return np.zeros(wanted.size, np.int64), np.zeros(wanted.size, bool)
    at = np.minimum(np.searchsorted(ordered, wanted), ordered.size - 1)
    return at, ordered[at] == wanted


def _resident_of(lives: Lives) -> np.ndarray:
    """Return the resident behind each sale, -1 for a walk-in."""
    keys = key_of(lives.visits)
    order = np.argsort(keys)
    at, is_known = _find(keys[order], key_of(lives.sales))
    found = np.full(lives.sales.size, -1, np.int64)
    found[is_known] = lives.visits["resident"][order[at[is_known]]]
    return found


def _residents_touched(lives: Lives, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the residents behind touched visits in order, and the first day on which each was touched."""
    visits = lives.visits
    rows = visits[np.isin(key_of(visits), keys) & (visits["resident"] >= 0)]
    residents, at = np.unique(rows["resident"], return_inverse=True)
    since = np.full(residents.size, np.iinfo(np.int64).max)
    np.minimum.at(since, at, rows["day"])
    return residents, since


def _of_visits(real: Lives, other: Lives, touches: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """Return the mean difference in spending (fen), stay (min) and satisfaction over touched visits that both days have."""
    keys = np.unique(key_of(touches))
    _, mine, theirs = np.intersect1d(key_of(real.visits), key_of(other.visits), return_indices=True)
    kept = np.isin(key_of(real.visits)[mine], keys)
    first, second = real.visits[mine[kept]], other.visits[theirs[kept]]
    if not first.size:
        return None, None, None
    stays = [(rows["left_us"] - rows["arrived_us"]).astype(float) for rows in (first, second)]
    return (
        float((first["spent_fen"] - second["spent_fen"]).mean()),
        float((stays[0] - stays[1]).mean() / US_PER_MIN),
        float((first["satisfaction"] - second["satisfaction"]).mean()),
    )


@dataclass(frozen=True)
class Decided:
    """The rows of the log that estimators judge: the first decision about each person and day of whom the truth is known."""

    rows: np.ndarray  # MESSAGE
    index: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))  # of each in Lives.messages


def decisions_of(lives: Lives, policies: Sequence[str]) -> tuple[Logged, Decided]:
    """Return the log as estimators want it, and its rows: treatment, spending after the decision, propensity, features."""
    names = [lives.policies.index(name) for name in policies if name in lives.policies]
    messages = lives.messages
    fits = (
        (messages["visit"] >= 0)
        & np.isin(messages["policy"], names)
        & ((messages["is_sent"] == 1) | (messages["is_held"] == 1))
    )
    index = np.flatnonzero(fits)
    _, first = np.unique(key_of(messages[index], "visit"), return_index=True)
    index = np.sort(index[first])
    rows = messages[index]
    features = (
        np.stack([values[index] for values in lives.features.values()], axis=1) if lives.features else np.zeros((index.size, 0))
    )
    outcome = spent_after(lives, rows["day"], rows["visit"], rows["time_us"]).astype(float)
    return Logged(rows["is_sent"] == 1, outcome, rows["propensity"].copy(), features), Decided(rows, index)


def spent_after(lives: Lives, day: np.ndarray, visit: np.ndarray, time_us: np.ndarray) -> np.ndarray:
    """Return what each visit spent from an instant on, fen (int64)."""
    asked = np.zeros(visit.size, [("day", "i4"), ("number", "i8")])
    asked["day"], asked["number"] = day, visit
    keys = key_of(asked)
    order, found = np.argsort(keys), np.zeros(visit.size, np.int64)
    at, is_known = _find(keys[order], key_of(lives.sales))
    row, sales = order[at[is_known]], lives.sales[is_known]
    counts = sales["time_us"] >= time_us[row]
    np.add.at(found, row[counts], sales["fen"][counts])
    return found


def heard_estimate(lives: Lives) -> tuple[Estimate | None, int]:
    """Return the effect per person as the mall would estimate it: what tills heard from those it may address less from those held out."""
    met = lives.met
    log = Logged(met["is_held_out"] == 0, met["paid_fen"].astype(float), np.ones(met.size), np.zeros((met.size, 0)))
    if not log.has_both:
        return None, 0
    from sim.experiments.estimators import naive

    return dataclasses.replace(naive(log), method="hold-out"), int(log.is_treated.sum())


def columns_of(measured: Measured, policies: Sequence[str]) -> dict[str, dict[str, np.ndarray]]:
    """Return the columns of bandit.parquet, uplift.parquet and truth.parquet, the features of all logged rows, and the rows of the second."""
    real, other = measured.real, measured.without
    logged = real.messages
    reward = spent_after(real, logged["day"], logged["visit"], logged["time_us"])
    bandit = {
        "row": logged["number"], "day": logged["day"], "time_us": logged["time_us"], "person": logged["person"], "policy": logged["policy"],
        "offer": logged["offer"], "channel": logged["channel"], "position": logged["position"], "action": logged["is_sent"],
        "propensity": np.where(logged["is_sent"] == 1, logged["propensity"], 1.0 - logged["propensity"]),
        "reward_fen": np.where(logged["visit"] >= 0, reward, 0),
    }  # fmt: skip
    log, decided = decisions_of(real, policies)
    rows = decided.rows
    met = real.met[real.met["visit"] >= 0]
    order = np.argsort(key_of(met, "visit"), kind="stable")
    at, is_met = _find(key_of(met, "visit")[order], key_of(rows, "visit"))
    heard = np.full(rows.size, np.nan)
    heard[is_met] = met["paid_fen"][order[at[is_met]]]
    uplift = {
        "row": rows["number"], "treatment": rows["is_sent"], "outcome_fen": log.outcome.astype(np.int64), "outcome_heard_fen": heard,
        "propensity": log.propensity,
    }  # fmt: skip
    before = spent_after(other, rows["day"], rows["visit"], rows["time_us"])
    alone = {each.number: each.effect.split.total_fen - each.effect.split.others_fen for each in measured.messages}
    truth = {
        "row": rows["number"], "visit": rows["visit"], "outcome_without_fen": before,
        "effect_fen": log.outcome.astype(np.int64) - before,
        "effect_of_message_fen": np.array([alone.get(number, np.nan) for number in rows["number"].tolist()], float),
    }  # fmt: skip
    return {"bandit": bandit, "uplift": uplift, "truth": truth, "features": real.features, "index": {"": decided.index}}
