"""From plan and parameters to desks and lounges."""

from __future__ import annotations

from math import exp
from typing import Any, NamedTuple

from sim.config import RunConfig
from sim.crowd.state import Role, records
from sim.crowd.station_plans import UNLIMITED, StationPlan
from sim.crowd.venues.desk_records import DESK, HAND, Desk
from sim.errors import ConfigError, Problem
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_MIN, US_PER_S, minutes_from_hours

AUTO = "auto"
FEN = 100
NOT_CARRIED = ("restaurant", "fast_food", "cafe", "cinema", "leisure", "services")  # what is bought there is used there
OWN_RECALL_MIN = 60  # after closing time the mall sends home whom a service of one's own still keeps


class Desks(NamedTuple):
    """The desks, one of each kind, and the hands that work for them."""

    desks: Any  # DESK (len(Desk)); its unit is -1 where there is none
    hands: Any  # HAND


def desk_units(compiled: CompiledPlan, config: RunConfig) -> dict[Desk, int]:
    """Return the unit of every desk that the run has; raises ConfigError with all that is wrong.

    "auto" takes the plan's units of the trade services, in their order, that no desk was given by name.
    """
    wanted = {kind: getattr(config.desks, kind.name.lower()).at for kind in Desk}
    index = {unit_id: unit for unit, unit_id in enumerate(compiled.unit_ids)}
    problems: list[Problem] = []
    found: dict[Desk, int] = {}
    taken: dict[str, Desk] = {}
    for kind, at in wanted.items():
        place = f"desks.{kind.name.lower()}.at"
        if at in ("", AUTO):
            continue
        if at not in index:
            problems.append(
                Problem(
                    place,
                    repr(at),
                    "is not a unit of the floor plan",
                    f"name one, such as {compiled.unit_ids[0]!r}, or {AUTO!r}",
                )
            )
        elif at in taken:
            problems.append(
                Problem(
                    place,
                    repr(at),
                    f"is where desks.{taken[at].name.lower()} stands already",
                    "give each desk a unit of its own",
                )
            )
        else:
            taken[at], found[kind] = kind, index[at]
    free = [unit for unit, trade in enumerate(compiled.tenant_categories) if trade == "services" and unit not in found.values()]
    for kind, at in wanted.items():
        if at != AUTO:
            continue
        if free:
            found[kind] = free.pop(0)
        else:
            rule = "the floor plan has no unit of the trade services left for it"
            problems.append(Problem(f"desks.{kind.name.lower()}.at", repr(at), rule, "name the unit where it is to stand"))
    if problems:
        raise ConfigError.of("desks", problems)
    return found


def desk_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the desks, named "desk:<kind>"."""
    desks, found = config.desks, []
    served = {
        Desk.PARCEL: (desks.parcel.staff, desks.parcel.service_s_mean, 0.5, desks.parcel.patience_s_mean, UNLIMITED),
        Desk.LOUNGE: (desks.lounge.chairs, 60 * desks.lounge.stay_min_mean, 0.4, desks.lounge.patience_s_mean, desks.lounge.balk_queue),
        Desk.CAR_WASH: (desks.car_wash.staff, desks.car_wash.handover_s_mean, 0.5, 0.0, desks.car_wash.balk_queue),
        # Nobody gives up in the line of the playground: a place was promised at the door.
        Desk.PLAYGROUND: (desks.playground.staff, desks.playground.check_in_s_mean, 0.5, 0.0, UNLIMITED),
        Desk.INFORMATION: (desks.information.staff, desks.information.service_s_mean, 0.7, desks.information.patience_s_mean, 5),
    }  # fmt: skip
    for kind, unit in sorted(desk_units(compiled, config).items()):
        servers, service_s_mean, service_cv, patience_s_mean, balk_queue = served[kind]
        found.append(
            StationPlan(
                f"desk:{kind.name.lower()}", Role.DESK, servers, service_s_mean, service_cv, unit, place=int(kind),
                patience_s_mean=patience_s_mean, patience_shape=2.0, balk_queue=balk_queue,
            )
        )  # fmt: skip
    return found


def place_desks(venues: Any, compiled: CompiledPlan, config: RunConfig, index: dict[str, int]) -> Desks:
    """Write into `venues` which unit is which desk and what fills a bag there; return the desks and their hands."""
    bags = config.desks.bags
    for unit, trade in enumerate(compiled.tenant_categories):
        yuan = bags.supermarket_yuan_per_bag if trade == "supermarket" else bags.yuan_per_bag
        venues[unit].bag_fen = 0 if trade in NOT_CARRIED else round(yuan * FEN)
    desks = records(len(Desk), DESK)
    desks["unit"] = desks["station"] = -1
    hands = 0
    for kind, unit in sorted(desk_units(compiled, config).items()):
        desk = desks[kind]
        venues[unit].desk = kind
        desk.unit, desk.station = unit, index[f"desk:{kind.name.lower()}"]
        desk.closes_us = closes_us(config)
        _describe(desk, kind, config)
        desk.first_hand, desk.end_hand = hands, hands + hands_of(kind, config)
        hands = desk.end_hand
    return Desks(desks, records(hands, HAND))


def hands_of(kind: Desk, config: RunConfig) -> int:
    """Return how many hands work for a desk behind its counter."""
    if kind == Desk.PARCEL:
        return int(config.desks.parcel.porters)
    return int(config.desks.car_wash.bays) if kind == Desk.CAR_WASH else 0


def closes_us(config: RunConfig) -> int:
    """Return when desks close: some time after the mall, since people come by on their way out."""
    closes_min = minutes_from_hours(config.operations.hours.closes)
    return int((closes_min + config.desks.open_after_closing_min) * US_PER_MIN)


def staff_cost_fen(kind: Desk, config: RunConfig) -> int:
    """Return what the people of a desk cost on the day: on duty from opening time until it closes."""
    own = getattr(config.desks, kind.name.lower())
    people = own.staff + (own.porters if kind == Desk.PARCEL else 0)
    open_us = closes_us(config) - minutes_from_hours(config.operations.hours.opens) * US_PER_MIN
    return round(people * config.desks.wage_yuan_per_h * FEN * open_us / (60 * US_PER_MIN))


def _describe(desk: Any, kind: Desk, config: RunConfig) -> None:
    own = getattr(config.desks, kind.name.lower())
    desk.share = own.share
    if kind == Desk.PARCEL:
        desk.price_fen, desk.cost_fen = round(own.fee_yuan * FEN), round(own.delivery_cost_yuan * FEN)
        desk.work_us = int(own.porter_handling_s * US_PER_S)
        desk.patience_us = int(own.patience_s_mean * US_PER_S)
    elif kind == Desk.LOUNGE:
        desk.cost_fen, desk.rests_share, desk.vips_only = round(own.cost_yuan * FEN), own.rests_share, 1
    elif kind == Desk.CAR_WASH:
        desk.price_fen, desk.cost_fen = round(own.price_yuan * FEN), round(own.cost_yuan * FEN)
        desk.work_us, desk.vips_only = int(own.wash_min * US_PER_MIN), int(own.vips_only)
    elif kind == Desk.PLAYGROUND:
        desk.price_fen, desk.extends_us = round(own.price_yuan * FEN), int(own.extends_stay_min * US_PER_MIN)
        desk.places = min(own.places, own.staff * own.children_per_staff)


def describe_desks(params: Any, config: RunConfig) -> None:
    """Write the parameters of desks into the one record of PARAMS."""
    desks, parcel, bags = config.desks, config.desks.parcel, config.desks.bags
    params.desks = sum(getattr(desks, kind.name.lower()).at != "" for kind in Desk)
    params.parcel_from_bags, params.parcel_to_home = parcel.from_bags, int(parcel.hands_back == "home")
    params.parcel_free_from_fen, params.parcel_mislaid_share = round(parcel.free_from_yuan * FEN), parcel.mislaid_share
    params.parcel_fee_factor = exp(-parcel.fee_yuan / parcel.fee_deters_yuan)
    params.bags_at_ease, params.bags_slow_share = bags.at_ease_per_person, bags.slow_share_per_bag
    params.bags_tire_us = int(bags.tire_min_per_bag * US_PER_MIN)
    params.own_recall_us = (minutes_from_hours(config.operations.hours.closes) + OWN_RECALL_MIN) * US_PER_MIN
