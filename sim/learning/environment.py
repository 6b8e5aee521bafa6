"""The Gymnasium environment: one episode is one day of a mall, one step the time between two reviews of policies."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from sim import config_files
from sim.calendar import day_of
from sim.config import RecordingConfig, RunConfig
from sim.errors import ConfigError, Problem
from sim.learning.coupons import Action, Coupons, menu_of, refuse_bad_menu
from sim.learning.day import DayInSteps
from sim.learning.sights import FIELDS, Sight, Sights, earned_yuan
from sim.random_streams import stream_key
from sim.schema.network import is_network
from sim.units import US_PER_S

TILLS, UPLIFT = "tills", "uplift"
REWARDS = (TILLS, UPLIFT)
SMALL_MALL = "which_coupon"  # a scenario whose day takes about a second
MARGIN_SHARE = 0.45  # as management.margin_share


class MallEnv(gymnasium.Env[Any, Any]):
    """A day of a mall to learn on; docs/how-to/learn-a-policy.md says what is seen, done and rewarded, with units.

    An action is the place of a coupon, or of None, in `actions`; it holds until the next review. The reward is in yuan: `reward="tills"`
    is what tills report, `margin_share` of sales less what the coupons cost; `reward="uplift"` takes off what the same interval of the
    same day earns without coupons, which is the truth that no mall can observe, and lives every day twice. Raises ConfigError for what
    cannot be run.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012

    def __init__(
        self,
        scenario: str | RunConfig = SMALL_MALL,
        overrides: Sequence[str] = (),
        *,
        every_min: float = 30.0,
        actions: Sequence[Action] | None = None,
        reward: str = TILLS,
        margin_share: float = MARGIN_SHARE,
        budget_yuan: float = 2000.0,
        render_mode: str | None = None,
    ) -> None:
        """Compose the scenario; `every_min` is the length of a step, `budget_yuan` what own coupons may take off in a day."""
        config = scenario if isinstance(scenario, RunConfig) else config_files.compose(scenario, list(overrides))
        _refuse(config, reward, every_min, margin_share, budget_yuan, render_mode)
        self.config = dataclasses.replace(
            config,
            recording=RecordingConfig(events="none", report=False),
            policy=dataclasses.replace(config.policy, every_s=60.0 * every_min),
        )
        self.render_mode = render_mode
        self._reward, self._margin_share, self._budget_fen = reward, margin_share, round(100 * budget_yuan)
        self._every_us = round(60.0 * every_min * US_PER_S)
        self._trades = _trades_of(self.config)
        self.actions: tuple[Action, ...] = menu_of(self._trades) if actions is None else tuple(actions)
        refuse_bad_menu(self.actions, self._trades)
        self.action_space = spaces.Discrete(len(self.actions))
        self.observation_space = _space(len(set(self._trades)))
        self._seed, self._episode = self.config.seed, 0
        self._days: list[DayInSteps] = []  # that of the learner, and with reward="uplift" the same without coupons
        self._sights: list[Sights] = []

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Sight, dict[str, Any]]:
        """Begin a day and live to its first review. The same seed gives the same days, in the same order."""
        super().reset(seed=seed)
        if seed is not None:
            self._seed, self._episode = seed, 0
        self.close()
        config = dataclasses.replace(self.config, seed=int(stream_key(self._seed, f"episode {self._episode}")) >> 2)
        self._episode += 1
        for _ in range(2 if self._reward == UPLIFT else 1):
            day = DayInSteps(config)
            self._days.append(day)
            hours_us, calendar = day.hours_us, day_of(config)
            self._sights.append(Sights(day.compiled.unit_ids, self._trades, hours_us, calendar, self._budget_fen))
        self._coupons = Coupons(self._days[0].compiled.unit_ids, self._trades, self._budget_fen, self._every_us)
        self._is_first = True
        seen = [day.go_on()[0] for day in self._days]
        self._seen = seen[0]
        sights = [sights.see(each) for sights, each in zip(self._sights, seen, strict=True)]
        return sights[0], {"time_s": self._seen.now_us / US_PER_S, "seed": config.seed}

    def step(self, action: int) -> tuple[Sight, float, bool, bool, dict[str, Any]]:
        """Send what the action says and live to the next review. After the last one of the day `info["kpis"]` has the day's true KPIs."""
        if not self._days or self._days[0].kpis:
            raise gymnasium.error.ResetNeeded("no day is under way: call reset() first")
        if not self.action_space.contains(action):
            raise gymnasium.error.InvalidAction(
                f"action must be a whole number from 0 to {len(self.actions) - 1}, is {action!r}"
            )
        chosen = self._coupons.decisions(self.actions[int(action)], self._seen, self._is_first)
        self._is_first = False
        lived = [day.go_on(chosen if place == 0 else []) for place, day in enumerate(self._days)]
        sights = [sights.see(seen) for sights, (seen, _) in zip(self._sights, lived, strict=True)]
        earned = [earned_yuan(sight, self._margin_share) for sight in sights]
        self._seen, is_over = lived[0]
        info: dict[str, Any] = {"time_s": self._seen.now_us / US_PER_S, "sent_to": _people_in(chosen)}
        if is_over:
            info["kpis"] = self._days[0].kpis
        return sights[0], earned[0] - sum(earned[1:]), is_over, False, info

    def close(self) -> None:
        """Leave nothing running and no file behind."""
        for day in self._days:
            day.close()
        self._days, self._sights = [], []


def _people_in(decided: Sequence[tuple[str, Any]]) -> int:
    return sum(int(decision.people.size) for _, decision in decided if hasattr(decision, "people"))


def _trades_of(config: RunConfig) -> tuple[str, ...]:
    """Return the trade of each unit."""
    from sim.floorplan.cache import compiled_for

    return tuple(compiled_for(config).tenant_categories)


def _space(trades: int) -> spaces.Dict:
    return spaces.Dict(
        {
            name: spaces.Box(low, high, (trades if size is None else size,), np.float32)
            for name, (size, low, high, _) in FIELDS.items()
        }
    )


def _refuse(
    config: RunConfig, reward: str, every_min: float, margin_share: float, budget_yuan: float, render_mode: str | None
) -> None:
    review_min = config.operations.review_s / 60.0
    problems = []
    if config.days != 1 or is_network(config.malls, config.network):
        problems.append(
            Problem("days, malls", f"{config.days}, {config.malls}", "an episode is one day of one mall", "days=1 malls=1")
        )
    if reward not in REWARDS:
        problems.append(Problem("reward", repr(reward), "unknown", f"one of {', '.join(REWARDS)}"))
    if every_min <= 0 or every_min % review_min:
        rule = f"must be a positive multiple of operations.review_s ({review_min:g} min)"
        problems.append(Problem("every_min", f"{every_min:g}", rule, "30 is a good start"))
    if not 0 <= margin_share <= 1:
        problems.append(Problem("margin_share", f"{margin_share:g}", "must be between 0 and 1", "0.45 is the default"))
    if budget_yuan < 0:
        problems.append(Problem("budget_yuan", f"{budget_yuan:g}", "must not be negative", "0 lets no coupon be used"))
    if render_mode is not None:
        problems.append(
            Problem("render_mode", repr(render_mode), "there is none", "run the day with `galleria run` for its replay")
        )
    if problems:
        raise ConfigError.of("the environment", problems)
