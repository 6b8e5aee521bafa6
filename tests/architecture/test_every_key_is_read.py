"""A key of the configuration that nothing reads would be a promise without a deed."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from sim import api, config
from sim.config import (
    CalendarConfig,
    CalendarEventConfig,
    CompetitorConfig,
    HallConfig,
    HappeningConfig,
    LinkConfig,
    OutageConfig,
    ShiftConfig,
    ShowConfig,
)
from sim.config_files import compose
from sim.crowd.goods.stocking import Shelves, place_items
from sim.crowd.state import records
from sim.crowd.venues.records import VENUE
from sim.errors import ConfigError
from sim.experiments.benefit import benefits_of
from sim.floorplan.cache import load_compiled
from sim.floorplan.layout import with_layout
from sim.floorplan.read import read_plan
from sim.forecasting.merchants import merchants_for, write_forecasts
from sim.ledger.finance_books import FinanceBooks
from sim.ledger.ledger import Ledger
from sim.network import exchange
from sim.network.malls import mall_alone
from sim.network.pool import perform
from sim.operations.goods import recalled_of
from sim.paths import find_floorplan
from sim.schema.costs import CostItemConfig
from sim.schema.layout import PopUpConfig
from sim.schema.network import NetworkConfig, SiteConfig, is_network
from sim.schema.points import PointsCampaignConfig, PointsRateConfig, TierConfig
from sim.schema.policies import PolicyConfig
from sim.timetable import timetable_of
from tests.alliance_days import guests_elsewhere, weeks_of_alliance
from tests.hall_policies import reviews_of_the_hall
from tests.home_days import a_week_of_all_policies
from tests.memory_years import a_day, config_of, day, live, people_of
from tests.policy_reviews import ask_all

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = [ROOT / "sim" / "config.py", ROOT / "sim" / "config_keys.py", *(ROOT / "sim" / "schema").glob("*.py")]
SECTIONS = [
    each
    for each in vars(config).values()
    if isinstance(each, type) and dataclasses.is_dataclass(each) and each.__name__.endswith("Config")
]

READ_ELSEWHERE = {
    ("RunConfig", "covers"),  # by `galleria list scenarios`, which composes nothing
    ("HappeningsConfig", "friend_appeal"),  # by the operation of happenings, when two friends are told of each other
    ("RunConfig", "arms"),  # by `galleria compare`
    ("RunConfig", "calibrate"),  # by `galleria calibrate`, which composes for its days a scenario without it
    ("NetworkConfig", "address"),  # by sim.network.exchange, of a Ray cluster
    ("NetworkConfig", "engine"),  # the same, when it chooses who lives the malls
    ("NetworkConfig", "workers"),
    ("ParkingConfig", "reserved_until"),  # by release_min beside it, for operations and the report
}


def weeks_of_memory():
    """Live two weeks between visits, with messages, points, promoters and a new competitor; no engine."""
    competitors = [CompetitorConfig(distance_km=3.0, opens="2026-11-25")]
    people = people_of(config_of(messages_per_week=12.0, competitors=competitors, seeded_promoters=5))
    people.memory.points_centi[:] = 1000
    live(people, 14)
    people.memory.learn(a_day(day(14), [1], ratings=[(0, 0, 5.0)]))


class Here:
    """The one worker of a network: this process."""

    def replies(self, jobs):
        for job in jobs:
            yield job, perform(job.function, job.arguments)


def nights_of_shelves(compiled):
    """Learn from what people look at online, and call pieces back from shelves that were filled too well."""
    config = compose("corner_day", ["goods.stocking.recall_cover=0.5", "goods.stocking.online_weight=0.5"])
    shelves, date = Shelves(config, compiled), datetime.date(2026, 11, 23)
    items = place_items(records(len(compiled.unit_ids), VENUE), compiled, config)
    items["stock"] += 100
    shelves.learn(items, date)
    morning = shelves.morning(date)
    mall = SimpleNamespace(items=items, venues=np.zeros(len(compiled.unit_ids)))
    assert recalled_of(SimpleNamespace(mall=mall), config, morning, 0)


def stores_by_forecasts(compiled, folder):
    """Order by what merchants are foretold to sell: from their own days, and from a file."""
    write_forecasts(folder / "told.csv", [(datetime.date(2026, 11, 23), compiled.unit_ids[0], 5.0)])
    for words in (
        ["goods.stocking.forecast=merchants"],
        ["goods.stocking.forecast=file", f"goods.stocking.forecast_file={folder / 'told.csv'}"],
    ):
        config = compose("corner_day", ["date=2026-11-23", *words])
        assert Shelves(config, compiled, merchants_for(config, compiled)).morning(datetime.date(2026, 11, 23)).pieces.any()


def a_network(config, folder, monkeypatch):
    """Live two small malls with common visitors, and look for one of them alone."""
    monkeypatch.setattr(exchange, "_pool", lambda *_: contextlib.nullcontext(Here()))
    config.network.malls = [SiteConfig(plan="corner_mall", count=2, share=1.0)]
    config.network.visits_per_day = 60.0
    config.network.travel_share = 0.5
    api.run_network(config, folder)
    config.network.malls = [SiteConfig(plan="corner_mall", count=2, visits_per_day=30.0)]
    config.network.only = 0
    mall_alone(config)
    config.network.only = -1
    assert is_network(config.malls, config.network)


def test_every_key_is_read_by_somebody_who_acts_on_it(tmp_path, monkeypatch):
    """A day of tills, tables, cars, two street doors and an outage, and a weekday's arrivals; the schema's own reading does not count."""
    read: set[tuple[str, str]] = set()

    @functools.cache
    def acts(file):
        reader = Path(file)
        return reader not in SCHEMA and (ROOT / "sim" in reader.parents or ROOT / "agents" in reader.parents)

    def noted(self, name):
        if acts(sys._getframe(1).f_code.co_filename):
            read.add((type(self).__name__, name))
        return object.__getattribute__(self, name)

    wanted = compose("corner_day", ["categories.cafe.tables=true", "population.visits_per_day=30"])
    wanted.operations.outages = [OutageConfig(asset="street", starts="23:00", lasts_s=60.0)]
    wanted.online.orders.collects = wanted.online.delivery.is_on = wanted.online.gifts.is_on = True
    wanted.online.accounts.is_on, wanted.online.search.wants_share, wanted.online.search.scope = True, 0.1, "stores"
    wanted.queues.shifts = [ShiftConfig(station="till:L1-outfitters")]
    wanted.cinema.halls = [HallConfig(seats=50)]
    wanted.cinema.shows = [ShowConfig(starts="14:00")]
    wanted.parking.information = "signs"
    wanted.alliance.is_played = wanted.referral.is_on = True
    wanted.partners.exchange.is_on = wanted.partners.catalogue.is_on = wanted.abuse.is_on = True
    wanted.partners.exchange.links = [LinkConfig("bank", "airline", 0.05)]
    wanted.partners.exchange.arbitrageurs_share = 0.5
    wanted.abuse.attacks.colluding_share = 1.0
    wanted.abuse.attacks.fake_accounts_per_day = 1
    wanted.abuse.attacks.sign_up_points = 10.0
    wanted.abuse.attacks.refund_farmers_share = wanted.abuse.attacks.ring_members_share = 0.5
    wanted.points.participation, wanted.points.participation_share, wanted.points.expiry = "share", 1.0, "months"
    wanted.points.rates = [PointsRateConfig(category="cafe")]
    wanted.points.campaigns = [PointsCampaignConfig(name="double")]
    wanted.points.tiers = [TierConfig(name="silver")]
    wanted.happenings.planned = [HappeningConfig(name="show", at="L1-outfitters")]
    wanted.policies = ["cold_zone_guidance", "event_invitations", "freeze", "friend_nearby", "micro_rewards", "treasure_hunt"]
    wanted.costs.items = [CostItemConfig(capital_yuan=1.0)]
    evening = CalendarEventConfig(name="lights", first="2026-11-23", starts="18:00", ends="19:00")
    calendar = CalendarConfig(holidays="china", weather="climate", events=[evening])
    others = dataclasses.replace(wanted.population, redraw_share=0.5)
    monday = dataclasses.replace(wanted, date="2026-11-23", calendar=calendar, population=others)
    for section in SECTIONS:
        monkeypatch.setattr(section, "__getattribute__", noted)
    api.run(wanted, tmp_path)
    kiosk = dataclasses.replace(wanted.layout, pop_ups=[PopUpConfig(id="kiosk", is_widest=True, width_m=0.5, depth_m=0.5)])
    with contextlib.suppress(ConfigError):  # read, even where there is no room for it
        with_layout(read_plan(find_floorplan(wanted.floorplan)), kiosk, wanted.floorplan)
    api.choose_site(wanted)
    FinanceBooks(wanted).to_recognise_fen(Ledger([], 100))  # as the last day of a month does
    weeks_of_memory()
    a_week_of_all_policies()
    weeks_of_alliance()
    guests_elsewhere()
    ask_all()
    no_gain = dict.fromkeys(("owner_income_fen", "programme_running_fen", "programme_capital_fen"), 0)
    benefits_of([("a", wanted), ("b", wanted)], {(arm, number): no_gain for arm in "ab" for number in (1, 2)}, [1, 2])
    reviews_of_the_hall(PolicyConfig())
    a_network(dataclasses.replace(wanted, network=NetworkConfig()), tmp_path / "network", monkeypatch)
    found = load_compiled(find_floorplan("corner_mall"))
    nights_of_shelves(found)
    stores_by_forecasts(found, tmp_path)
    assert timetable_of(found, compose("corner_day"))  # halls and shows that nobody listed
    doors = found.arrays._replace(entrance_share=np.full_like(found.arrays.entrance_share, 0.5))
    api.population_of(monday, dataclasses.replace(found, arrays=doors)).arrivals(600, 660)

    own = [section for section in SECTIONS if not section.__module__.startswith("sim.schema.policies")]
    keys = {(section.__name__, field.name) for section in own for field in dataclasses.fields(section)}
    assert sorted(keys - read - READ_ELSEWHERE) == []


def test_every_key_of_a_policy_is_named_by_the_policies():
    """What a policy is told is read at a review, seldom on a given day; so its name must stand in a policy, not in the schema alone."""
    policies = [
        *(ROOT / "agents" / "policies").glob("*.py"),
        ROOT / "agents" / "policy_desk.py",
        ROOT / "sim" / "operations" / "policies.py",
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in policies)
    sections = [section for section in SECTIONS if section.__module__.startswith("sim.schema.policies.")]

    assert len(sections) > 20
    unread = [
        (each.__name__, f.name) for each in sections for f in dataclasses.fields(each) if not re.search(rf"\b{f.name}\b", text)
    ]
    assert unread == []
