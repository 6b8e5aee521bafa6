"""A Gaussian error of given size: what positioning would be if it erred alike everywhere."""

from __future__ import annotations

import math

import numpy as np

from sim.kernel import entry, kernel
from sim.random_streams import draw_word, uniform_of

MEAN_OF_RAYLEIGH = math.sqrt(math.pi / 2)  # mean length of an error with unit sd per axis


@kernel
def draw_error(
    stream: np.uint64, phone: int, count: int, error_m_mean: float, floor_share: float, level: int, levels: int
) -> tuple[float, float, int]:
    """Return the error (x, y in metres) of a phone's fix, and the level it is put on: the right one with probability `floor_share`.

    Isotropic Gaussian, by Box-Muller, with sd `error_m_mean` / sqrt(pi / 2) per axis. A wrong level is one of the next ones, above or below
    alike; where there is but one next level, that one; in a mall of one level there is none.
    """
    word = draw_word(stream, phone, count)
    radius_m = error_m_mean / MEAN_OF_RAYLEIGH * math.sqrt(-2.0 * math.log(uniform_of(word, 0)))
    angle = 2.0 * math.pi * uniform_of(word, 1)
    error_x_m, error_y_m = radius_m * math.cos(angle), radius_m * math.sin(angle)
    if levels < 2 or uniform_of(word, 2) < floor_share:
        return error_x_m, error_y_m, level
    goes_up = level == 0 or (level < levels - 1 and uniform_of(word, 3) < 0.5)
    return error_x_m, error_y_m, level + 1 if goes_up else level - 1


@entry
def draw_errors(
    stream: np.uint64, phones: np.ndarray, counts: np.ndarray, error_m_mean: float, floor_share: float,
    level: np.ndarray, levels: int, out_x_m: np.ndarray, out_y_m: np.ndarray, out_level: np.ndarray,
) -> None:  # fmt: skip
    """Fill the error and the level of many fixes (arrays of one length); see `draw_error`."""
    for fix in range(phones.size):
        out_x_m[fix], out_y_m[fix], out_level[fix] = draw_error(
            stream, phones[fix], counts[fix], error_m_mean, floor_share, level[fix], levels
        )
