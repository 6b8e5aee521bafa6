"""The typed schema of changes to a mall's layout: tenants moved, let and vacated, doors, escalators, signs, pop-ups, mixes, sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.known import known

JUDGED = "engineering judgement"
DOOR_DEEDS = ("shift", "close", "open")
DIRECTIONS = ("up", "down", "both")
WIDTH_M = (0.5, 20.0)


@dataclass
class MoveConfig:
    """A tenant, by its name or its unit's id, goes to another unit; the tenant there comes back in exchange where `swap` says so."""

    tenant: str = ""
    to: str = ""
    swap: bool = False


@dataclass
class LettingConfig:
    """A unit is let to a new business of a trade; the one that is there goes where `replaces` says so. A negative rent: as before."""

    unit: str = ""
    trade: str = ""
    name: str = ""
    replaces: bool = False
    rent_yuan_per_year: float = -1.0
    turnover_rent_share: float = -1.0


@dataclass
class DoorConfig:
    """A door of a unit, counted from 1 as drawn: shifted along its wall, closed, or opened so far along the wall from that door."""

    unit: str = ""
    does: str = "shift"
    door: int = 1
    shift_m: float = 0.0  # to the right seen from the hall, negative to the left
    width_m: float = 2.0  # of a door that is opened


@dataclass
class ConnectorConfig:
    """An escalator runs up or down, or stands still and is walked on both ways."""

    id: str = ""  # or a pattern with *, which names all that fit it
    direction: str = "up"


@dataclass
class SignConfig:
    """A sign at a unit's door, an entrance or a connector, by its id, at all of them (entrances, connectors), or at a point of a level."""

    at: str = ""
    level: str = ""
    x_m: float = 0.0
    y_m: float = 0.0
    reach_m: float = 30.0  # from which it is read


@dataclass
class AccessPointConfig:
    """A Wi-Fi access point that hangs at a point of a level, so high above its floor."""

    level: str = ""
    x_m: float = 0.0
    y_m: float = 0.0
    height_m: float = 3.0
    band_ghz: float = 5.0
    power_dbm: float = 18.0


@dataclass
class PopUpConfig:
    """A kiosk in the hall with a door on either long side; it stands on all days and trades on its weekdays (0 is Monday)."""

    id: str = ""
    level: str = ""
    x_m: float = 0.0  # of its middle
    y_m: float = 0.0
    is_widest: bool = False  # it stands where the level's hall is widest, whatever x_m and y_m; the level, where none is given, is the ground floor
    width_m: float = 4.0
    depth_m: float = 3.0
    trade: str = "cafe"
    name: str = ""
    weekdays: list[int] = field(default_factory=lambda: [0, 1, 2, 3, 4, 5, 6])
    rent_yuan_per_day: float = 0.0


@dataclass
class TradeShareConfig:
    """A trade's share of the floor let."""

    trade: str = ""
    share: float = 0.0


@dataclass
class MixConfig:
    """The tenant mix after some years of tenancies that end, and what the rooms that come free are let to."""

    after_years: float = known(0.0, "years since the drawing; 0: the mix is as drawn", 0, 50)
    churn_share: float = known(
        0.30, "tenancies that end in a year", 0, 1, source="CapitaLand China: 30 % change every year", tag="V", confidence="M"
    )
    anchor_m2: float = known(
        1500.0, "tenants of this floor and more stay: their leases are long", 1, 1e6, source=JUDGED, confidence="L"
    )
    vacant_share: float = known(0.0, "rooms that come free and find nobody", 0, 1)
    luck: int = known(1, "address of the draws of who goes", 0, 2**31)
    targets: list[TradeShareConfig] = field(default_factory=list)  # what free rooms are let towards; none: trades as before


@dataclass
class AnchorsConfig:
    """What anchors (tenants of mix.anchor_m2 and more) are asked for, and what they answer: too much, and they leave."""

    turnover_rent_share: float = known(
        -1.0, "share of sales that every anchor pays; negative: its own terms. Others pay 9.2 %, anchors 2.2 %", -1, 1,
        source="Gould, Pashigian & Prendergast 2005", tag="D", confidence="M",
    )  # fmt: skip
    leaves_above: float = known(
        0.05, "of sales: an anchor that is asked for more leaves", 0, 1, source=f"{JUDGED}: the margin of a large store", confidence="L"
    )  # fmt: skip


@dataclass
class PullConfig:
    """How what a mall offers moves the choice between it and other places (Huff): more floor, and other trades than elsewhere."""

    outside: float = known(
        8.0, "pull of all other places together, of this mall as drawn: 8 / 9 is then the elasticity of visits in its pull", 0, 1e6,
        source="others' sales rise by 116 USD per ft2 of anchor (Pashigian & Gould 1998): an elasticity of 0.5 in the anchors' floor, "
        "of which their 58-60 % of all floor make 0.9 in the whole", tag="D", confidence="L",
    )  # fmt: skip
    area_exponent: float = known(
        1.0, "pull grows with the floor let to this power", 0, 3, source="Huff 1963: attraction by floor area", tag="M", confidence="M"
    )  # fmt: skip
    similarity: float = known(
        0.5, "log of what is lost when the mix is wholly like other malls', against wholly unlike", 0, 5,
        source="'a thousand stores alike' (article S1); the size is engineering judgement", tag="D", confidence="L",
    )  # fmt: skip
    others_mix: list[TradeShareConfig] = field(default_factory=list)  # of other malls' floor; none: likeness is not counted


@dataclass
class CandidateConfig:
    """A site for a new store."""

    name: str = ""
    distance_km: float = 3.0  # from the mall
    bearing_deg: float = 0.0
    area_m2: float = 1000.0


@dataclass
class SiteChoiceConfig:
    """Where a new store of the mall's own should be, known from members' addresses alone."""

    candidates: list[CandidateConfig] = field(default_factory=list)
    members_file: str = known(
        "", "where members live, as a CSV of x_km,y_km or distance_km,bearing_deg, with members and visits_per_year if known; relative to "
        "the scenario's folder; empty: the members among the town's residents",
    )  # fmt: skip
    mall_area_m2: float = known(
        0.0, "floor of the mall for comparison with a candidate's; 0: the floor let in the plan", 0, 1e7
    )
    distance_exponent: float = known(
        2.0, "Huff: pull falls with distance to this power", 0, 5, source="Huff 1963; ESRI 1.5-2", tag="V"
    )
    nearest_km: float = known(0.3, "distance below which nearer makes no difference", 0.01, 10, source=JUDGED, confidence="L")
    new_trips_share: float = known(
        0.3, "trips to the new store that nobody made before", 0, 1, source="as membership.rivalry.new_trips_share", confidence="L"
    )  # fmt: skip


@dataclass
class LayoutConfig:
    """Changes to the drawing, made before it is compiled, in the order of these keys; draws belong to tenants and move with them."""

    let: list[LettingConfig] = field(default_factory=list)
    vacate: list[str] = field(default_factory=list)  # tenants or units
    moves: list[MoveConfig] = field(default_factory=list)
    doors: list[DoorConfig] = field(default_factory=list)
    connectors: list[ConnectorConfig] = field(default_factory=list)
    pop_ups: list[PopUpConfig] = field(default_factory=list)
    signs: list[SignConfig] = field(default_factory=list)
    # Access points of the whole mall, instead of the drawing's; none: as drawn.
    access_points: list[AccessPointConfig] = field(default_factory=list)
    least_area_share: float = known(
        0.8, "a tenant can do with this share of its floor; a smaller unit is refused", 0.05, 1, source=JUDGED, confidence="L"
    )
    passage_m: float = known(
        1.8, "passage that must remain on every side of a pop-up", 0, 20, source="two wheelchairs pass in 1.8 m (building codes)",
        tag="M", confidence="M",
    )  # fmt: skip
    sign_factor: float = known(
        0.5, "wrong turns and stops to look for the way within reach of a sign, against none", 0, 1,
        source=f"{JUDGED}; signs shorten search (sign only)", confidence="L",
    )  # fmt: skip
    old_signs_share: float = known(
        0.0, "of those who follow a sign to a tenant that has moved, sent to where it was: signs that nobody changed", 0, 1
    )
    fit_out_yuan_per_m2: float = known(
        2000.0, "fitting out the floor of a tenant that moves or begins", 0, 1e6, source=JUDGED, confidence="L"
    )
    mix: MixConfig = field(default_factory=MixConfig)
    anchors: AnchorsConfig = field(default_factory=AnchorsConfig)
    pull: PullConfig = field(default_factory=PullConfig)
    site: SiteChoiceConfig = field(default_factory=SiteChoiceConfig)


def drawing_changes(layout: LayoutConfig) -> dict[str, Any]:
    """Return as plain values what changes the drawing; {} when nothing does."""
    found: dict[str, Any] = {
        name: [asdict(each) if not isinstance(each, str) else each for each in getattr(layout, name)]
        for name in ("let", "vacate", "moves", "doors", "connectors", "pop_ups", "access_points")
        if getattr(layout, name)
    }
    if layout.mix.after_years > 0 and layout.mix.churn_share > 0:
        found["mix"] = asdict(layout.mix)
    if layout.anchors.turnover_rent_share >= 0:
        found["anchors"] = [asdict(layout.anchors), layout.mix.anchor_m2]
    return found | {"rules": [layout.least_area_share, layout.passage_m]} if found else {}


def problems(layout: LayoutConfig) -> Iterator[Problem]:
    """Yield what no plan could make sense of."""
    for index, door in enumerate(layout.doors):
        place = f"layout.doors[{index}]"
        yield from _one_of(f"{place}.does", door.does, DOOR_DEEDS)
        yield from _between(f"{place}.width_m", door.width_m, *WIDTH_M)
        yield from _between(f"{place}.door", door.door, 1, 100)
    for index, connector in enumerate(layout.connectors):
        yield from _one_of(f"layout.connectors[{index}].direction", connector.direction, DIRECTIONS)
    for index, letting in enumerate(layout.let):
        yield from _one_of(f"layout.let[{index}].trade", letting.trade, CATEGORIES)
        yield from _between(f"layout.let[{index}].turnover_rent_share", letting.turnover_rent_share, -1, 1)
    for index, sign in enumerate(layout.signs):
        yield from _between(f"layout.signs[{index}].reach_m", sign.reach_m, 0.1, 1000)
    for index, stall in enumerate(layout.pop_ups):
        place = f"layout.pop_ups[{index}]"
        yield from _one_of(f"{place}.trade", stall.trade, CATEGORIES)
        for name in ("width_m", "depth_m"):
            yield from _between(f"{place}.{name}", getattr(stall, name), *WIDTH_M)
        yield from _between(f"{place}.rent_yuan_per_day", stall.rent_yuan_per_day, 0, 1e7)
        if any(day not in range(7) for day in stall.weekdays):
            yield Problem(f"{place}.weekdays", str(stall.weekdays), "days are 0 (Monday) to 6", "leave the others out")
    for key, shares in (("mix.targets", layout.mix.targets), ("pull.others_mix", layout.pull.others_mix)):
        for index, target in enumerate(shares):
            yield from _one_of(f"layout.{key}[{index}].trade", target.trade, CATEGORIES)
            yield from _between(f"layout.{key}[{index}].share", target.share, 0, 1)
        if shares and not 0.0 < sum(target.share for target in shares) <= 1.0 + 1e-9:
            total = sum(target.share for target in shares)
            yield Problem(f"layout.{key}", f"{total:g} in all", "shares add up to at most 1, and not to 0", "lower some")
    for index, site in enumerate(layout.site.candidates):
        yield from _between(f"layout.site.candidates[{index}].distance_km", site.distance_km, 0, 500)
        yield from _between(f"layout.site.candidates[{index}].area_m2", site.area_m2, 1, 1e7)


def _one_of(place: str, value: str, known_ones: tuple[str, ...]) -> Iterator[Problem]:
    if value not in known_ones:
        yield Problem(place, repr(value), f"must be one of {', '.join(known_ones)}", "choose one of them")


def _between(place: str, value: float, low: float, high: float) -> Iterator[Problem]:
    if not low <= value <= high:
        yield Problem(place, f"{value:g}", f"must be from {low:g} to {high:g}", "choose another value")
