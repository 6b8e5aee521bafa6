"""Days of the alliance's game without an engine: statements by a stated law, and whatever the merchants make of them."""

from __future__ import annotations

import datetime

import numpy as np

from agents.alliance import Alliance
from agents.alliance_outside import OutsideMerchants
from sim.alliance import STATEMENT, Stage
from sim.config import RunConfig
from sim.crowd.mind import OUTCOME
from sim.decisions import Verdict
from sim.ledger.ledger import Ledger
from sim.lived import RATING, Lived
from sim.operations.outside_trade import OutsideTrade
from sim.random_streams import stream_key, uniforms
from tests.engine_days import corner_mall, day_config, opened
from tests.rating_days import mall_of

MONDAY = datetime.date(2026, 11, 23)
SALES_FEN, CUSTOMERS = 500_000, 10_000


def config_of(**keys):
    """Return a game whose merchants are alike, certain of the delays, and paid for by nobody; `till__month_yuan=0` sets alliance.till.month_yuan."""
    config = RunConfig(seed=keys.pop("seed", 3))
    rules = config.alliance
    rules.is_played, rules.founders = True, "U0-0"
    rules.margin_sigma = rules.expected_gain_sd = rules.exit_per_year = 0.0
    rules.barriers.concept_days = rules.barriers.logistics_days = rules.till.failure_share = 0.0
    rules.barriers.saves_share = 1.0
    rules.review_days = 10.0
    for key, value in keys.items():
        *path, last = key.split("__")
        section = rules
        for name in path:
            section = getattr(section, name)
        setattr(section, last, value)
    return config


def statements(game, gain, fee_share=0.006, noise=0.0, day=0, redeemed=None):
    """Return a day's statements: sales are higher by `gain` where a tenant is in, which pays fees."""
    is_in = game.today["stage"] == Stage.IN
    found = np.zeros(is_in.size, STATEMENT)
    luck = noise * (uniforms(stream_key(1, "luck"), np.arange(is_in.size), day) - 0.5)
    found["sales_fen"] = SALES_FEN * np.exp(gain * is_in + luck)
    found["received_fen"] = found["sales_fen"]
    found["customers"] = CUSTOMERS
    found["fees_fen"] = np.where(is_in, fee_share * found["sales_fen"], 0)
    if redeemed is not None:
        found["redeemed_fen"] = np.where(is_in, redeemed, 0)
    return found


def live(game, days, gain, **more):
    """Play days, and return all that was decided."""
    decided = []
    for day in range(days):
        now = game.review()
        decided += [decision for _, decision in now]
        verdicts = tuple(Verdict(0, name, decision, "") for name, decision in now)
        lived = Lived(
            MONDAY,
            np.zeros(0, OUTCOME),
            np.zeros(0, RATING),
            decided=verdicts,
            statements=statements(game, gain, day=day, **more),
        )
        game.learn(lived)
    return decided


def game_of(units=12, **keys):
    compiled = mall_of(units)
    if "founders" not in keys:
        keys["founders"] = compiled.unit_ids[0]
    return Alliance(config_of(**keys), compiled, 22 * 60)


def weeks_of_alliance() -> Alliance:
    """Play until somebody has joined with its own customers, somebody has left, and the anchor is gone."""
    game = game_of(
        expected_gain=0.05,
        lists__fear_share=0.5,
        subsidy__months=1.0,
        anchor_leaves_day=40,
        exit_per_year=0.5,
        barriers__concept_days=1.0,
    )
    for day in range(60):
        decided = tuple(Verdict(0, name, each, "") for name, each in game.review())
        told = statements(game, 0.04, day=day, redeemed=np.arange(12) * 100)
        game.learn(Lived(MONDAY, np.zeros(0, OUTCOME), np.zeros(0, RATING), decided=decided, statements=told))
        game.newcomers(np.arange(100), np.zeros(100, np.int8))
    return game


def guests_elsewhere() -> np.ndarray:
    """Return a day's bills at merchants elsewhere."""
    config = RunConfig(seed=3)
    outside = config.alliance.outside
    outside.hotels = outside.resorts = outside.housing = 1
    outside.from_day = 0
    found = OutsideMerchants(config, Ledger(("a",), 1000)).trade_on(MONDAY, 1.0, 100, np.ones(100, np.int8))
    crowd = opened(corner_mall(), day_config(), [])
    OutsideTrade(crowd, found[:0], outside, 10_000, 0).act(0)
    return found
