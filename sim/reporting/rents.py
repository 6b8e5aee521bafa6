"""What tenants owe the mall for a day: base rent and turnover rent."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from sim.plan_arrays import CompiledPlan

DAYS_PER_YEAR = 365

# Share of sales that a trade pays where its tenant's own terms are not known: leasescan 2025 and ULI "Dollars & Cents" (US, checked)
# for fashion, footwear, accessories (between jewellery 10 and accessories 8.5), electronics, books, home, restaurant, fast food,
# supermarket and services; engineering judgement (low confidence) for the others. A department store pays as the classic anchor does,
# 2.2 % (Gould, Pashigian & Prendergast 2005).
TURNOVER_RENT_SHARES = {
    "fashion": "0.07",
    "footwear": "0.06",
    "beauty": "0.08",
    "accessories": "0.09",
    "electronics": "0.04",
    "home": "0.05",
    "books": "0.07",
    "kids": "0.07",
    "sport": "0.06",
    "supermarket": "0.015",
    "department": "0.022",
    "restaurant": "0.06",
    "fast_food": "0.06",
    "cafe": "0.06",
    "cinema": "0.10",
    "leisure": "0.10",
    "services": "0.10",
}
TURNOVER_RENT_SOURCE = "leasescan 2025; ULI Dollars & Cents; anchors: Gould, Pashigian & Prendergast 2005; beauty, kids, sport, cafe, cinema, leisure: judgement"


def share_of(tenant: Mapping[str, object], category: str) -> Fraction:
    """Return the tenant's turnover share, of its own terms or of its trade."""
    own = tenant.get("turnover_rent_share")
    return Fraction(str(own)) if own not in (None, "") else Fraction(TURNOVER_RENT_SHARES[category])


def base_rent_fen(tenant: Mapping[str, object]) -> int:
    """Return one day's part of the tenant's base rent, 0 where it is not known."""
    year = tenant.get("rent_fen_per_year")
    return round(Fraction(str(year)) / DAYS_PER_YEAR) if year not in (None, "") else 0


def rents_fen(compiled: CompiledPlan, sales_fen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (base rent, turnover rent) of each unit for the day's sales: the latter is the share's part above the former."""
    units = len(compiled.unit_ids)
    tenants = compiled.tenants or ({},) * units
    base = np.array([base_rent_fen(tenant) for tenant in tenants], np.int64)
    due = [
        round(share_of(tenant, category) * sales)
        for tenant, category, sales in zip(tenants, compiled.tenant_categories, sales_fen.tolist(), strict=True)
    ]
    return base, np.maximum(np.array(due, np.int64) - base, 0)
