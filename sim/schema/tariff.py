"""The typed schema of what parking costs and how one gets out: tariff, validation, ways to pay, the exit, cars that stay overnight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.known import known

DAY_MIN = 24 * 60.0
_COMMON = "common in Chinese malls; engineering judgement"


@dataclass
class TariffRowConfig:
    """One stretch of a stay, and what each started part of it costs."""

    from_min: float = 0.0  # where it begins, minutes since entry
    to_min: float = 0.0  # where it ends; 0: where the next row begins, of the last row after 24 h
    price_yuan: float = 5.0  # of each started part; engineering judgement for a Chinese city, confidence L
    per_min: float = 60.0  # length of a part


@dataclass
class ValidationConfig:
    """One step of validation: receipts of so much make so much of the stay free."""

    spend_yuan: float = 0.0
    free_min: float = 0.0


def default_rows() -> list[TariffRowConfig]:
    """Return 5 yuan for each started hour."""
    return [TariffRowConfig()]


def default_validation() -> list[ValidationConfig]:
    """Return one free hour from 100 yuan and two from 300 (engineering judgement, confidence L)."""
    return [ValidationConfig(100.0, 60.0), ValidationConfig(300.0, 120.0)]


@dataclass
class TariffConfig:
    """What a stay costs: a free period, then its rows, which begin anew every 24 hours from entry, without another free period."""

    free_min: float = known(
        30.0, "stay that costs nothing, its last instant included", 0, DAY_MIN, source=_COMMON, confidence="L"
    )
    cap_yuan: float = known(
        40.0, "most that each started 24 hours from entry cost; 0: no such limit", 0, 10_000, source=_COMMON, confidence="L"
    )
    rows: list[TariffRowConfig] = field(default_factory=default_rows)
    validation: list[ValidationConfig] = field(default_factory=default_validation)  # the largest step that is reached counts


@dataclass
class ExitsConfig:
    """How drivers pay, find their cars and get out, and which cars stand there overnight."""

    app_pay_share: float = known(
        0.45,
        "share of drivers who pay on their phone on the way to the car",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )
    plate_pay_share: float = known(
        0.15,
        "share of the other drivers whose account is debited at the gate by their plate",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )
    machine_pay_share: float = known(
        0.25,
        "share of those who remain that pay at a machine in the lobby; the rest pay at the gate",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )
    gate_pay_s_mean: float = known(
        20.0,
        "time to pay at the exit gate, beyond the time that its barrier takes",
        0,
        600,
        source="payments take 14-19 s (Bundesbank), the window some more",
        tag="D",
        confidence="L",
    )
    machine_s_mean: float = known(
        30.0,
        "time at a pay machine",
        1,
        600,
        source="14-19 s to pay (Bundesbank) and as long to type the plate",
        tag="D",
        confidence="L",
    )
    machine_walk_s: float = known(20.0, "way round by the pay machine", 0, 600, source="engineering judgement", confidence="L")
    bays_per_machine: float = known(
        300.0, "bays for which there is one machine", 1, 100_000, source="engineering judgement", confidence="L"
    )
    machine_balk_queue: int = known(
        6,
        "length of line at a machine at which drivers pay at the gate instead",
        0,
        1000,
        source="engineering judgement",
        confidence="L",
    )
    grace_min: float = known(
        15.0,
        "time to get out after paying; later, what has become due since is paid at the gate",
        0,
        DAY_MIN,
        source=_COMMON,
        confidence="L",
    )
    unread_s_mean: float = known(
        30.0,
        "delay at the exit gate when the plate is not read (sensing.gates.plate_miss_share)",
        0,
        3600,
        source="engineering judgement",
        confidence="L",
    )
    lost_share: float = known(
        0.005,
        "share of those who pay by ticket, at a machine or the gate, that have lost it",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )
    lost_fee_yuan: float = known(
        40.0,
        "flat fee for a lost ticket, in place of what the stay costs",
        0,
        10_000,
        source="a day's most, as is common",
        confidence="L",
    )
    lost_s_mean: float = known(
        120.0, "delay at the exit gate for a lost ticket", 0, 3600, source="engineering judgement", confidence="L"
    )
    forget_share: float = known(
        0.10, "share of drivers who do not know where their car stands", 0, 1, source="engineering judgement", confidence="L"
    )
    find_car_s_mean: float = known(
        180.0, "time that they look for it, exponential", 0, 3600, source="engineering judgement", confidence="L"
    )
    find_car_app_factor: float = known(
        0.3, "what remains of it when the app shows the car", 0, 1, source="engineering judgement", confidence="L"
    )
    drive_off_s_mean: float = known(
        180.0,
        "time at the car until it stands before the exit: loading, boarding, out of the bay, the drive to the gate; log-normal",
        0,
        3600,
        source="set so that a stay is the visit and 8 minutes (parameters table)",
        tag="D",
        confidence="L",
    )
    ramp_cars: int = known(
        8,
        "cars that have room before an exit gate; further ones wait in their bays",
        1,
        10_000,
        source="about 50 m of ramp at 6 m a car; engineering judgement",
        tag="D",
        confidence="L",
    )
    overnight_share: float = known(
        0.10,
        "share of the bays in which cars stand at midnight",
        0,
        1,
        source="Saturday night in the Centrum-Galerie, Dresden, 2023",
        tag="D",
        confidence="M",
    )
    overnight_leaves_share: float = known(
        0.5,
        "share of these that drive off between six and ten; the rest stand all day",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )


def problems(tariff: TariffConfig, exits: ExitsConfig) -> Iterator[Problem]:
    """Yield what is wrong with a tariff: gaps, overlaps, more than one free period, prices and steps that cannot be."""
    yield from _row_problems(tariff)
    yield from _join_problems(tariff)
    free = [f"parking.tariff.rows[{index}]" for index, row in enumerate(tariff.rows) if row.price_yuan == 0]
    free += ["parking.tariff.free_min"] if tariff.free_min > 0 else []
    if len(free) > 1:
        yield Problem(
            free[-1],
            "",
            f"there may be one free period only, and {free[0]} is one",
            "give one of them a price, or set free_min to 0",
        )
    for key, yuan in (("parking.tariff.cap_yuan", tariff.cap_yuan), ("parking.exits.lost_fee_yuan", exits.lost_fee_yuan)):
        yield from _fen_problems(key, yuan)
    spends = [step.spend_yuan for step in tariff.validation]
    for index, step in enumerate(tariff.validation):
        place = f"parking.tariff.validation[{index}]"
        yield from _fen_problems(f"{place}.spend_yuan", step.spend_yuan)
        if step.free_min <= 0:
            yield Problem(f"{place}.free_min", f"{step.free_min:g}", "must be positive", "give the minutes that are free")
        if index and step.spend_yuan <= spends[index - 1]:
            yield Problem(
                f"{place}.spend_yuan",
                f"{step.spend_yuan:g}",
                f"must be above the step before it ({spends[index - 1]:g})",
                "put the steps in order",
            )


def _row_problems(tariff: TariffConfig) -> Iterator[Problem]:
    for index, row in enumerate(tariff.rows):
        place = f"parking.tariff.rows[{index}]"
        yield from _fen_problems(f"{place}.price_yuan", row.price_yuan)
        if row.per_min <= 0:
            yield Problem(f"{place}.per_min", f"{row.per_min:g}", "must be positive", "give the minutes that the price is for")
        if not 0 <= row.from_min < DAY_MIN:
            yield Problem(
                f"{place}.from_min",
                f"{row.from_min:g}",
                f"must lie within the {DAY_MIN:g} minutes after which the rows begin anew",
                "choose another",
            )


def _join_problems(tariff: TariffConfig) -> Iterator[Problem]:
    """Yield every row that does not begin where the one before it ends, and a last one that ends too soon."""
    if not tariff.rows:
        return
    end_min = 0.0
    for index, row in enumerate(tariff.rows):
        place = f"parking.tariff.rows[{index}]"
        if row.from_min > end_min:
            yield Problem(
                f"{place}.from_min",
                f"{row.from_min:g}",
                f"leaves a gap: nothing says what the stay costs from minute {end_min:g}",
                f"let it begin at {end_min:g}",
            )
        elif row.from_min < end_min:
            yield Problem(
                f"{place}.from_min",
                f"{row.from_min:g}",
                f"overlaps the row before it, which lasts until minute {end_min:g}",
                f"let it begin at {end_min:g}",
            )
        following = tariff.rows[index + 1].from_min if index + 1 < len(tariff.rows) else DAY_MIN
        end_min = row.to_min or following
        if end_min <= row.from_min:
            yield Problem(
                f"{place}.to_min", f"{end_min:g}", f"must come after its from_min ({row.from_min:g})", "put the rows in order"
            )
    if end_min != DAY_MIN:
        yield Problem(
            f"parking.tariff.rows[{len(tariff.rows) - 1}].to_min",
            f"{end_min:g}",
            f"must be {DAY_MIN:g}, after which the rows begin anew",
            "leave it out in the last row",
        )


def _fen_problems(place: str, yuan: float) -> Iterator[Problem]:
    if not 0 <= yuan <= 1e6:
        yield Problem(place, f"{yuan:g}", "must not be negative, nor above a million yuan", "choose another amount")
    elif abs(yuan * 100 - round(yuan * 100)) > 1e-6:
        yield Problem(place, f"{yuan!r}", "must be a whole number of fen", "write at most two decimals")
