"""How tenants stand from day to day: their quality, the ratings that people read, fraud and how the mall meets it, what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp
from typing import Any

import numpy as np
from scipy.special import ndtri

from sim.config import RunConfig
from sim.decisions import Promote, ReplaceTenant, SetHours, SetPrices, Verdict, WarnTenant
from sim.lived import Lived
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.standing import AVERAGE_STARS, STARS_MAX, STARS_MIN, Fate, even_standing, rank_correlation

COMPLAINT_BELOW = 3.0  # stars
SUSPECT_FROM = 4.0  # an honest rating below is never taken for a bought one
BOUGHT_MAX = 1 << 12  # ratings a tenant can buy in a day, for their addresses
HELP_UNIT_FEN = 1_000_000

BOOK = np.dtype(
    [
        ("base", "f8"),  # quality without answers and training
        ("stars", "f8"),  # sum of the ratings that count, faded
        ("honest", "f8"),  # how many there are, faded
        ("bought", "f8"),  # and how many bought ones among those that count
        ("suspect", "f8"),  # ratings that the mall has taken for bought, faded
        ("business", "i8"),  # businesses that the unit has had before this one
        ("buys", "i8"),  # 1 for a business that buys ratings
        ("is_warned", "i8"),
    ]
)


class Reputation:
    """The tenants' standing, which a day's ratings and everybody's decisions change. Arrays by unit, the same size whatever the days."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan) -> None:
        self._ratings, self._management = config.ratings, config.management
        self._seed, self._key = config.seed, compiled.arrays.unit_key
        self._index = {unit: index for index, unit in enumerate(compiled.unit_ids)}
        units = len(compiled.unit_ids)
        self.standing = even_standing(units)
        self._books = np.zeros(units, BOOK)
        self._days = 0
        self._fates = np.zeros(len(Fate), np.int64)
        self._begin(np.arange(units))
        start = float(self._ratings.at_start)
        spread = self._ratings.noise_stars / max(start, 1.0) ** 0.5
        known = self.standing["quality"] + spread * ndtri(self._draw("ratings at the start"))
        self._books["honest"], self._books["stars"] = start, start * np.clip(known, STARS_MIN, STARS_MAX)
        self._show()

    def _draw(self, purpose: str, units: np.ndarray | slice = slice(None), count: Any = 0) -> np.ndarray:
        return uniforms(stream_key(self._seed, purpose), self._key[units], count)

    def _begin(self, units: np.ndarray) -> None:
        """Let new businesses have these units: of a quality of their own, honest or not, unrated."""
        business = self._books["business"][units]
        normal = ndtri(self._draw("quality", units, business))
        quality = np.clip(AVERAGE_STARS + self._ratings.quality_sd * normal, STARS_MIN, STARS_MAX)
        self.standing["quality"][units] = quality
        self.standing["price_factor"][units] = 1.0
        self.standing["opens_min"][units] = self.standing["closes_min"][units] = -1
        for name in ("stars", "honest", "bought", "suspect", "is_warned"):
            self._books[name][units] = 0
        self._books["base"][units] = quality
        self._books["buys"][units] = self._draw("buys ratings", units, business) < self._ratings.fraud.tenants_share

    def learn(self, lived: Lived) -> None:
        """Take in a day: its ratings, what tenants made of complaints, and what was decided for tomorrow."""
        standing, books, fraud = self.standing, self._books, self._ratings.fraud
        fade = exp(-1.0 / self._ratings.memory_days)
        for name in ("stars", "honest", "bought", "suspect"):
            books[name] *= fade
        standing["promotion_fen"] = standing["upkeep_fen"] = standing["help_fen"] = 0
        standing["appeal_factor"], standing["fate"] = 1.0, Fate.STAYS
        self._count_honest(lived)
        bought = self._count_bought()
        answers = self._answer(lived)
        standing["upkeep_fen"] = np.rint(100 * (bought * fraud.yuan_each + answers * self._ratings.feedback.answer_yuan))
        self._apply(lived.decided)
        self._expel()
        self._days += 1
        self._fates += np.bincount(standing["fate"], minlength=len(Fate))
        self._show()

    def _count_honest(self, lived: Lived) -> None:
        """Count the day's ratings, but for those that the mall wrongly takes for bought."""
        units, stars = lived.ratings["unit"], lived.ratings["stars"]
        draw = uniforms(stream_key(self._seed, "false alarm"), lived.ratings["number"], units)
        is_suspect = (draw < self._ratings.fraud.false_alarm_share) & (stars >= SUSPECT_FROM)
        size = self.standing.size
        self._books["stars"] += np.bincount(units[~is_suspect], stars[~is_suspect], size)
        self._books["honest"] += np.bincount(units[~is_suspect], minlength=size)
        self._books["suspect"] += np.bincount(units[is_suspect], minlength=size)

    def _count_bought(self) -> np.ndarray:
        """Let who buys ratings buy the day's, of five stars each; return how many, found out or not."""
        fraud = self._ratings.fraud
        day_draw = self._draw("ratings bought", count=self._days)
        wanted = np.minimum(np.floor(fraud.ratings_per_day + day_draw), BOUGHT_MAX).astype(np.int64) * self._books["buys"]
        unit = np.repeat(np.arange(wanted.size), wanted)
        ordinal = np.arange(unit.size) - np.repeat(np.cumsum(wanted) - wanted, wanted)
        is_found = self._draw("bought rating", unit, self._days * BOUGHT_MAX + ordinal) < fraud.detection_share
        found = np.bincount(unit[is_found], minlength=wanted.size)
        self._books["stars"] += STARS_MAX * (wanted - found)
        self._books["bought"] += wanted - found
        self._books["suspect"] += found
        return wanted

    def _answer(self, lived: Lived) -> np.ndarray:
        """Let tenants answer complaints, as far as their time goes; quality gains from it, and fades without. Return the answers."""
        feedback, quality = self._ratings.feedback, self.standing["quality"]
        complaints = np.bincount(lived.ratings["unit"][lived.ratings["stars"] < COMPLAINT_BELOW], minlength=quality.size)
        most = feedback.answers_per_day * (1 + self._books["is_warned"])  # who is warned tries twice as hard
        answers = np.minimum(complaints, most)
        gained = (quality - self._books["base"]) * (1 - feedback.fade_per_day)
        self.standing["quality"] = self._nearer_to_five(self._books["base"] + gained, feedback.gain_stars * answers)
        return answers

    def _nearer_to_five(self, quality: np.ndarray, gain: np.ndarray) -> np.ndarray:
        """Return quality after an effort: the gain in full at one star, none at five."""
        return STARS_MAX - (STARS_MAX - quality) * np.exp(-gain / (STARS_MAX - STARS_MIN))

    def _apply(self, decided: Iterable[Verdict]) -> None:
        """Let tomorrow's standing be what was decided and not refused, in the order of the decisions."""
        standing, rules = self.standing, self._management
        pull, half_fen = rules.promotion_pull, 100 * rules.promotion_yuan_half
        gain_per_fen = rules.help_gain_stars / HELP_UNIT_FEN
        for decision in [verdict.decision for verdict in decided if not verdict.refused_because]:
            if isinstance(decision, SetPrices):
                standing["price_factor"][self._index[decision.unit_id]] = decision.factor
            elif isinstance(decision, SetHours):
                unit = self._index[decision.unit_id]
                standing["opens_min"][unit], standing["closes_min"][unit] = decision.opens_min, decision.closes_min
            elif isinstance(decision, Promote):
                unit, budget_fen = self._index[decision.unit_id], decision.budget_fen
                standing["promotion_fen"][unit] = budget_fen
                standing["appeal_factor"][unit] = 1 + pull * budget_fen / (budget_fen + half_fen)
            elif isinstance(decision, WarnTenant):
                unit = self._index[decision.unit_id]
                standing["help_fen"][unit], standing["fate"][unit] = decision.help_fen, Fate.WARNED
                self._books["is_warned"][unit] = 1
                quality = standing["quality"][unit : unit + 1]
                quality[:] = self._nearer_to_five(quality, np.array([gain_per_fen * decision.help_fen]))
            elif isinstance(decision, ReplaceTenant):
                self._replace(np.array([self._index[decision.unit_id]]), np.array([Fate.REPLACED]))

    def _expel(self) -> None:
        """Make those go of whom too many ratings were taken for bought, rightly or not."""
        fraud, books = self._ratings.fraud, self._books
        if fraud.expelled_after > 0:
            units = np.flatnonzero(books["suspect"] >= fraud.expelled_after)
            self._replace(units, np.where(books["buys"][units] == 1, Fate.EXPELLED, Fate.EXPELLED_WRONGLY))

    def _replace(self, units: np.ndarray, fate: np.ndarray) -> None:
        self.standing["fate"][units] = fate
        self._books["business"][units] += 1
        self._begin(units)

    def _show(self) -> None:
        """Work out what people will read tomorrow."""
        rules, books, standing = self._ratings, self._books, self.standing
        count = books["honest"] + books["bought"]
        prior = rules.prior_ratings * (rules.display == "bayesian")
        mean_of_all = books["stars"].sum() / count.sum() if count.sum() > 0 else AVERAGE_STARS
        shown = (books["stars"] + prior * mean_of_all) / np.maximum(count + prior, 1e-9)
        step = rules.rounding_stars
        shown = np.clip(np.floor(shown / step + 0.5) * step if step > 0 else shown, STARS_MIN, STARS_MAX)
        is_shown = (rules.display != "none") & (count >= rules.ratings_min)
        standing["shown_stars"] = np.where(is_shown, shown, 0.0)
        standing["ratings"], standing["bought"] = np.rint(count), np.rint(books["bought"])

    def news(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what everybody can see this morning: the shown stars, and which units have a new business."""
        return self.standing["shown_stars"], self.standing["fate"] >= Fate.REPLACED

    def summary(self) -> dict[str, int | float | None]:
        """Return how the tenants stand after the days so far: counts, means, and how well what is shown tells who is good."""
        standing, books = self.standing, self._books
        shown = standing["shown_stars"] > 0
        counted = float((books["honest"] + books["bought"]).sum())
        return {
            "days": self._days,
            "ratings": int(np.rint(counted)),
            "fraud_share": float(books["bought"].sum()) / counted if counted else None,
            "quality_stars_mean": float(standing["quality"].mean()) if standing.size else None,
            "shown_stars_mean": float(standing["shown_stars"][shown].mean()) if shown.any() else None,
            "rating_rank_correlation": rank_correlation(standing["shown_stars"][shown], standing["quality"][shown]),
            "tenants_warned": int(self._fates[Fate.WARNED]),
            "tenants_replaced": int(self._fates[Fate.REPLACED]),
            "tenants_expelled": int(self._fates[Fate.EXPELLED] + self._fates[Fate.EXPELLED_WRONGLY]),
            "tenants_expelled_wrongly": int(self._fates[Fate.EXPELLED_WRONGLY]),
        }

    def state(self) -> dict[str, Any]:
        """Return what it must be given back to go on as if nothing had happened."""
        return {"standing": self.standing.copy(), "books": self._books.copy(), "days": self._days, "fates": self._fates.copy()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` has returned."""
        self.standing[:], self._books[:] = state["standing"], state["books"]
        self._days, self._fates[:] = state["days"], state["fates"]
