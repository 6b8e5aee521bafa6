"""Coupons taken at home, by distance: what the law of trips says of the people of a catchment, against a million real coupons."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.home import HOME_BANDS, REDEEMED_OF_O2O, SAME_DAY_OF_O2O, band_of
from sim.home_law import redeemed_share
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.people import PopulationOf, hall
from sim.verification.records import INFO, Record, at_most, near, record

MEANING = "coupons taken at home: redemption by distance and on the same day, by the law of trips, against 1,053,282 real ones"
PARAMETERS: dict[str, Parameter] = {
    "residents": whole(100_000, "people of the catchment, about", 5000, 2_000_000),
    "buys_share": number(
        0.85, "share of those who make for the store that buy there with the coupon: of food and daily needs", 0.01, 1.0
    ),
    "life_days": whole(15, "days on which a coupon can be used", 1, 365),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
TOLERANCE = 0.15  # relative, of each band
SAME_DAY_TOLERANCE = 0.05
SAID = ("under 500 m", "500 m to 1 km", "1 to 2 km", "2 to 3 km", "3 km and more")


def run_home_coupons(values: dict[str, Any], population_of: PopulationOf) -> list[Record]:
    """Return redemption in each band of distance, on the same day, and of coupons that are worth nothing."""
    config = RunConfig()
    config.seed = values["seed"]
    config.catchment.residents = values["residents"]
    config.population.visits_per_day = values["residents"] / config.catchment.residents_per_visit
    residents = population_of(config, hall()).residents  # type: ignore[attr-defined]
    comes = residents.visits_per_day > 0
    rate, km = residents.visits_per_day[comes].astype(np.float64), residents.distance_km[comes].astype(np.float64)
    law, life_days, buys = config.home, values["life_days"], values["buys_share"]
    used = redeemed_share(law, rate, km, law.usual_off_share, life_days, buys)
    band = band_of(km)
    found: list[Record] = []
    for index in range(HOME_BANDS):
        of = band == index
        case = f"redeemed of coupons taken at home, {SAID[index]}"
        if not of.any():
            found.append(record(case, "share", float(REDEEMED_OF_O2O[index]), None, INFO, "nobody lives there"))
            continue
        real = float(REDEEMED_OF_O2O[index])
        found.append(near(case, "share", real, float(used[of, -1].mean()), TOLERANCE * real, people=int(of.sum())))
    same_day = float(used[:, 0].sum() / max(used[:, -1].sum(), 1e-300))
    found.append(near("used on the day they are taken, of those used", "share", SAME_DAY_OF_O2O, same_day, SAME_DAY_TOLERANCE))
    worthless = redeemed_share(law, rate, km, 0.0, life_days, buys)
    found.append(at_most("redeemed of coupons that are worth nothing", "share", 0.0, float(worthless.max())))
    flat = SimpleNamespace(**{**vars(law), "trip_pull": 0.0})
    without = redeemed_share(flat, rate, km, law.usual_off_share, life_days, buys)
    measured = float((used[:, -1] - without[:, -1]).sum() / used[:, -1].sum())
    found.append(
        record("of the used ones, by trips that they caused", "share", None, measured, INFO, "the others were coming anyway")
    )
    return found
