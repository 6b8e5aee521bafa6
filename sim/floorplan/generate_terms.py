"""The business of a generated tenant: its sales, rent, hours and staff by category and area."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.floorplan.plan import Tenant
from sim.random_streams import stable_key, standard_normal, stream_key

SALES_SIGMA = 0.25  # log-normal spread of sales a square metre among the tenants of a category
BREAKPOINT_SHARE = 0.9  # base rent is the turnover rent of this share of expected sales (natural breakpoint just below them)
ANCHOR_RENT_SHARE = 0.022  # rent of anchors over their sales: Gould, Pashigian and Prendergast 2005


@dataclass(frozen=True)
class Terms:
    """Usual terms of a category.

    Sales: so that a mall of 87,000 m2 sells about 150 yuan a visit at 40,000 visits a day, with the usual order between
    categories; low confidence. Turnover rent: leasescan 2025 and ULI Dollars & Cents; low confidence where neither has the trade.
    """

    sales_yuan_per_m2_year: float
    turnover_rent_share: float
    m2_per_server: float  # floor area per till, counter or table
    servers_most: int
    opens: str | None = None  # None: as the mall does
    closes: str | None = None


TERMS: dict[str, Terms] = {
    "fashion": Terms(26_000, 0.07, 130, 12),
    "footwear": Terms(28_000, 0.06, 90, 6),
    "beauty": Terms(45_000, 0.06, 45, 8),
    "accessories": Terms(55_000, 0.085, 40, 8),
    "electronics": Terms(48_000, 0.04, 60, 12),
    "home": Terms(15_000, 0.05, 180, 16),
    "books": Terms(13_000, 0.07, 150, 6),
    "kids": Terms(19_000, 0.07, 120, 8),
    "sport": Terms(20_000, 0.07, 160, 12),
    "supermarket": Terms(24_000, 0.015, 150, 40),
    "department": Terms(20_000, 0.022, 110, 40),
    "restaurant": Terms(17_000, 0.06, 9.5, 100, "10:30", "22:30"),  # a table of four on 60 % of the floor
    "fast_food": Terms(34_000, 0.06, 16, 8),
    "cafe": Terms(30_000, 0.06, 40, 6),
    "cinema": Terms(6_500, 0.022, 450, 16, "09:30", "24:00"),
    "leisure": Terms(7_500, 0.08, 40, 24, "10:00", "23:00"),
    "services": Terms(14_000, 0.10, 30, 8),
}


def tenant_with_terms(seed: int, name: str, category: str, unit: str, area_m2: float, anchor: bool) -> Tenant:
    """Return the tenant with sales, rent and staff of its category."""
    terms = TERMS[category]
    noise = float(standard_normal(stream_key(seed, "generate sales"), stable_key(unit), 0))
    factor = math.exp(SALES_SIGMA * noise - SALES_SIGMA**2 / 2)
    sales_yuan = round(terms.sales_yuan_per_m2_year * area_m2 * factor, -3)
    share = min(ANCHOR_RENT_SHARE, terms.turnover_rent_share) if anchor else terms.turnover_rent_share
    return Tenant(
        name=name,
        category=category,
        unit=unit,
        floor_area_m2=round(area_m2, 1),
        sales_fen_per_year=int(sales_yuan) * 100,
        rent_fen_per_year=int(round(sales_yuan * share * BREAKPOINT_SHARE, -2)) * 100,
        turnover_rent_share=share,
        opens=terms.opens,
        closes=terms.closes,
        staff=min(max(1, round(area_m2 / terms.m2_per_server)), terms.servers_most),
    )
