"""How Wi-Fi is heard: path loss, walls, floors, shadowing, and the rules by which a scan reports a reading.

mean = P0 - 10 n log10(max(d, 1)) - walls - floors + shadowing, d in metres through space (Seidel & Rappaport 1992; COST 231
multi-wall, 1999). A scan reports an access point with probability 1 / (1 + exp(-(m + bias - sensitivity) / width)), m the mean and
the phone's own offset, the bias a field of the place and a constant of the access point: in a real mall most of what is missed is
missed on every walk. Reported or not is decided on the mean, not on the noisy strength, because that fits that mall's scans better.
What is reported is m with noise, never above P0, never below a floor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim.config_sensing import RadioConfig
from sim.kernel import declare_type, inlined, kernel
from sim.plan_arrays import SOLID, VOID
from sim.random_streams import GOLDEN, mix, stream_key
from sim.sensing.positioning.scans import Scans

PHONE_HEIGHT_M = 1.2  # in a hand or a pocket, above the floor
BAND_SPLIT_GHZ = 3.0
BITS_24 = np.uint64((1 << 24) - 1)
SHIFT_61, SHIFT_54, SHIFT_40, SHIFT_16 = np.uint64(61), np.uint64(54), np.uint64(40), np.uint64(16)
UNIT_24 = 2.0**-24
AGE_STEPS = 8  # places on a phone's way that readings of different ages are heard at
BEFORE_S = 10.0  # how long before the scan the phone was at its earlier place
_EDGES = np.arange(1025) / 1024
LOG_ODDS = np.concatenate([[-np.inf], np.log(_EDGES[1:-1] / (1.0 - _EDGES[1:-1])), [np.inf]])


class Receiver(NamedTuple):
    """The rules by which a phone's scan turns mean strengths into readings."""

    key: np.uint64
    noise_db: float
    sensitivity_dbm: float
    detection_db: float
    floor_dbm: float
    age_s_max: float  # ages are uniform from 0 to this


class Walls(NamedTuple):
    """Losses on the way from a phone to an access point, in dB."""

    front_db: float
    wall_db: float
    solid_db: float


declare_type("Receiver", Receiver(np.uint64(0), 0.0, 0.0, 1.0, 0.0, 0.0))
declare_type("Walls", Walls(0.0, 0.0, 0.0))


def receiver_of(config: RadioConfig, seed: int) -> Receiver:
    """Return the rules of a configuration."""
    return Receiver(
        stream_key(seed, "radio readings"),
        float(config.noise_db),
        float(config.sensitivity_dbm),
        float(config.detection_db),
        float(config.floor_dbm),
        2.0 * config.reading_age_s_median,
    )


def exponents_of(config: RadioConfig, band_ghz: np.ndarray) -> np.ndarray:
    """Return the path-loss exponent of each band."""
    return np.where(band_ghz < BAND_SPLIT_GHZ, config.exponent_2_4, config.exponent_5)


def strengths_at_1m(config: RadioConfig, band_ghz: np.ndarray, power_dbm: np.ndarray) -> np.ndarray:
    """Return P0, the strength a metre away in dBm, of access points of these bands and powers."""
    return np.asarray(power_dbm - np.where(band_ghz < BAND_SPLIT_GHZ, config.loss_at_1m_2_4_db, config.loss_at_1m_5_db))


@inlined
def path_dbm(p0_dbm: float, exponent: float, distance2_m2: float) -> float:
    """Return the strength in the open at the root of a squared distance; nearer than a metre, that at a metre."""
    return p0_dbm - 5.0 * exponent * np.log10(max(distance2_m2, 1.0))


@inlined
def change_db(walls: Walls, here: int, there: int) -> float:
    """Return what a ray loses where it leaves one room of the raster for another; halls and voids are one space."""
    if there <= SOLID and there != VOID:
        return walls.solid_db if here > SOLID or here == VOID else 0.0
    if here <= SOLID and here != VOID:
        return 0.0  # the loss of a solid was paid on the way in
    if here >= 0 and there >= 0:
        return walls.wall_db
    return walls.front_db if here >= 0 or there >= 0 else 0.0


@kernel
def walls_db(
    walls: Walls, room: np.ndarray, from_x: float, from_y: float, to_x: float, to_y: float, enough_db: float
) -> float:  # fmt: skip
    """Return what a ray loses in the rooms of one level, or the sum so far once it exceeds `enough_db`.

    `room` is a level of the room raster; the ray goes from the phone's place to the access point's, both in cells and on the raster
    (else nothing is lost). It is sampled once per row or column that it crosses.
    """
    rows, columns = room.shape
    if min(from_x, from_y, to_x, to_y) < 0.0 or max(from_x, to_x) >= columns or max(from_y, to_y) >= rows:
        return 0.0
    steps = max(int(np.ceil(max(abs(to_x - from_x), abs(to_y - from_y)))), 1)
    step_x, step_y = (to_x - from_x) / steps, (to_y - from_y) / steps
    here = room[np.int64(from_y), np.int64(from_x)]
    lost_db = 0.0
    for step in range(1, steps):
        there = room[np.int64(from_y + step * step_y), np.int64(from_x + step * step_x)]
        if there != here:
            lost_db += change_db(walls, here, there)
            if lost_db > enough_db:
                return lost_db
            here = there
    there = room[np.int64(to_y), np.int64(to_x)]
    if there != here:
        lost_db += change_db(walls, here, there)
    return lost_db


@kernel
def normal_of(draw: float) -> float:
    """Return the standard normal quantile of a draw in (0, 1): Acklam's rational approximation (2003), relative error below 1.2e-9."""
    if draw < 0.02425 or draw > 0.97575:
        tail = np.sqrt(-2.0 * np.log(min(draw, 1.0 - draw)))
        above = ((((-7.784894002430293e-03 * tail - 3.223964580411365e-01) * tail - 2.400758277161838e00) * tail
                  - 2.549732539343734e00) * tail + 4.374664141464968e00) * tail + 2.938163982698783e00  # fmt: skip
        below = (((7.784695709041462e-03 * tail + 3.224671290700398e-01) * tail + 2.445134137142996e00) * tail
                 + 3.754408661907416e00) * tail + 1.0  # fmt: skip
        return above / below if draw < 0.5 else -above / below
    middle = draw - 0.5
    square = middle * middle
    above = ((((-3.969683028665376e01 * square + 2.209460984245205e02) * square - 2.759285104469687e02) * square
              + 1.383577518672690e02) * square - 3.066479806614716e01) * square + 2.506628277459239e00  # fmt: skip
    below = ((((-5.447609879822406e01 * square + 1.615858368580409e02) * square - 1.556989798598866e02) * square
              + 6.680131188771972e01) * square - 1.328068155288572e01) * square + 1.0  # fmt: skip
    return above / below * middle


@inlined
def reading_word(scan: np.uint64, access_point: int) -> np.uint64:
    """Return the bits of one reading; `scan` is draw_word(receiver's key, phone's key, scan's number)."""
    return mix(scan + (np.uint64(access_point) + np.uint64(1)) * GOLDEN)


@inlined
def step_back(receiver: Receiver) -> float:
    """Return which share of the way to where a phone was `BEFORE_S` ago lies between two of the `AGE_STEPS` ages of its readings."""
    return min(receiver.age_s_max / BEFORE_S, 1.0) / AGE_STEPS


@inlined
def age_step(scan: np.uint64, access_point: int) -> int:
    """Return in which eighth of the range of ages a reading was heard, 0 the youngest: the top bits of one cheap product."""
    return int(((scan ^ np.uint64(access_point)) * GOLDEN) >> SHIFT_61)


@inlined
def is_heard(odds: float, word: np.uint64) -> bool:
    """Tell whether a draw in (0, 1), the top 24 bits of a word, is below 1 / (1 + exp(-odds)).

    The exponential is needed only where the log-odds fall within the same 1,024th of (0, 1) as the draw.
    """
    place = word >> SHIFT_54
    if odds <= LOG_ODDS[place]:
        return False
    if odds >= LOG_ODDS[place + np.uint64(1)]:
        return True
    return (float(word >> SHIFT_40) + 0.5) * UNIT_24 * (1.0 + np.exp(-odds)) < 1.0


@inlined
def reading_dbm(receiver: Receiver, word: np.uint64, mean_dbm: float, bias_db: float, p0_dbm: float) -> float:
    """Return what a scan reports of an access point, or NaN when it does not hear it.

    `mean_dbm` includes shadowing and the phone's offset; `bias_db` makes hearing likelier, not louder. The top 24 bits of the word decide
    on hearing, the next 24 on noise.
    """
    if not is_heard((mean_dbm + bias_db - receiver.sensitivity_dbm) / receiver.detection_db, word):
        return np.nan
    noise = normal_of((float((word >> SHIFT_16) & BITS_24) + 0.5) * UNIT_24)
    strength_dbm = min(mean_dbm + receiver.noise_db * noise, p0_dbm)
    return strength_dbm if strength_dbm >= receiver.floor_dbm else np.nan


def gathered(rows: int, most: int, take: Callable[[int, np.ndarray, np.ndarray, np.ndarray], int]) -> Scans:
    """Return the scans that `take` writes, however many readings they turn out to have; a scan has `most` at most.

    `take(first, start, access_point, rssi_dbm)` writes scans from row `first` on while a whole one is sure to fit, and returns the
    first row not taken.
    """
    start = np.zeros(rows + 1, np.int64)
    access_point, rssi_dbm = np.zeros(64 * rows + most, np.int32), np.zeros(64 * rows + most, np.float32)
    done = 0
    while done < rows:
        done = take(done, start, access_point, rssi_dbm)
        if done < rows:
            access_point = np.concatenate([access_point, np.zeros_like(access_point)])
            rssi_dbm = np.concatenate([rssi_dbm, np.zeros_like(rssi_dbm)])
    return Scans(start, access_point[: start[rows]].copy(), rssi_dbm[: start[rows]].copy())
