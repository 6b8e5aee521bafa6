"""Rates between points and programmes outside, exactly: which ways round come back with more than they set out with."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sim.schema.partners import ExchangeConfig, exact

POINTS = "points"


@dataclass(frozen=True)
class Rate:
    """What a unit of `source` becomes in `target`, fees taken off."""

    source: str
    target: str
    units: Fraction


@dataclass(frozen=True)
class Cycle:
    """A way round that gains: the names in order, the first not repeated at the end, and by what a unit is multiplied."""

    names: tuple[str, ...]
    product: Fraction


def rates_of(exchange: ExchangeConfig) -> list[Rate]:
    """Return every rate of an exchange, those between programmes outside too."""
    found = []
    for programme in exchange.programmes:
        kept = 1 - exact(programme.fee_share)
        found.append(Rate(POINTS, programme.name, exact(programme.units_per_point_out) * kept))
        found.append(Rate(programme.name, POINTS, kept / exact(programme.units_per_point_in)))
    found += [Rate(link.source, link.target, exact(link.units)) for link in exchange.links]
    return found


def gaining_cycles(rates: list[Rate]) -> list[Cycle]:
    """Return every simple cycle whose product is above 1, the most gainful first; of rates between the same two the better one counts."""
    best: dict[str, dict[str, Fraction]] = {}
    names: list[str] = []
    for rate in rates:
        names += [name for name in (rate.source, rate.target) if name not in names]
        ways = best.setdefault(rate.source, {})
        ways[rate.target] = max(rate.units, ways.get(rate.target, Fraction(0)))
    found: list[Cycle] = []
    for first, start in enumerate(names):
        later = set(names[first:])  # a cycle is told once, from the first of its names
        paths: list[tuple[tuple[str, ...], Fraction]] = [((start,), Fraction(1))]
        while paths:
            path, product = paths.pop()
            for target, units in best.get(path[-1], {}).items():
                if target == start and product * units > 1:
                    found.append(Cycle(path, product * units))
                elif target in later and target not in path:
                    paths.append(((*path, target), product * units))
    return sorted(found, key=lambda cycle: (-cycle.product, cycle.names))


def best_through_points(exchange: ExchangeConfig) -> Cycle | None:
    """Return the most gainful cycle that passes through points, from points on; None where none gains."""
    for cycle in gaining_cycles(rates_of(exchange)):
        if POINTS in cycle.names:
            at = cycle.names.index(POINTS)
            return Cycle((*cycle.names[at:], *cycle.names[:at]), cycle.product)
    return None


def said(cycle: Cycle) -> str:
    """Return a cycle in words."""
    return f"{' to '.join((*cycle.names, cycle.names[0]))} makes {float(cycle.product):.6g} of 1"
