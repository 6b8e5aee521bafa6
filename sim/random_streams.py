"""Every random number is a pure function of (seed, purpose, entity, count).

The mixer is SplitMix64's finaliser (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"), applied once per
word of the address; the same functions take NumPy arrays outside kernels and scalars inside them.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np

from sim.kernel import JIT_DISABLED, inlined, kernel

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_A = np.uint64(0xBF58476D1CE4E5B9)
MIX_B = np.uint64(0x94D049BB133111EB)
S30, S27, S31, S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
if JIT_DISABLED:
    np.seterr(over="ignore")  # the mixer means its products to wrap; compiled code and arrays do so without a word
TO_UNIT = 2.0**-53
HALF = 2.0**-54  # draws lie strictly inside (0, 1): never 0, so a logarithm is finite


def _mix(word: Any) -> Any:
    word = (word ^ (word >> S30)) * MIX_A
    word = (word ^ (word >> S27)) * MIX_B
    return word ^ (word >> S31)


mix = inlined(_mix)


@inlined
def draw_word(key: np.uint64, entity: int, count: int) -> np.uint64:
    """Return 64 addressed bits."""
    return mix(mix(key + np.uint64(entity) * GOLDEN) + (np.uint64(count) + np.uint64(1)) * GOLDEN)


@inlined
def uniform(key: np.uint64, entity: int, count: int) -> float:
    """Return an addressed draw strictly inside (0, 1)."""
    return float(draw_word(key, entity, count) >> S11) * TO_UNIT + HALF


@inlined
def uniform_of(word: np.uint64, index: int) -> float:
    """Return the `index`-th draw that belongs to an addressed word (see `draw_word`): one mixing step for each of many alternatives."""
    return float(mix(word + (np.uint64(index) + np.uint64(1)) * GOLDEN) >> S11) * TO_UNIT + HALF


@kernel
def exponential(key: np.uint64, entity: int, count: int) -> float:
    """Return an addressed standard exponential draw."""
    return -np.log(uniform(key, entity, count))


@kernel
def standard_normal(key: np.uint64, entity: int, count: int) -> float:
    """Return an addressed standard normal draw (Box-Muller, its cosine half)."""
    radius = np.sqrt(-2.0 * np.log(uniform(key, entity, 2 * count)))
    return radius * np.cos(2.0 * np.pi * uniform(key, entity, 2 * count + 1))


@lru_cache(maxsize=4096)
def stream_key(seed: int, purpose: str) -> np.uint64:
    """Return the key of one purpose, a word such as "dwell"; purposes never collide by adding one."""
    words = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
    return np.uint64(int.from_bytes(words[:8], "little"))


def stable_key(identifier: str) -> int:
    """Return a non-negative 63-bit number of an id, the same in every process, plan and order."""
    return int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:8], "little") >> 1


def draw_words(key: np.uint64 | np.ndarray, entities: np.ndarray, count: np.ndarray | int) -> np.ndarray:
    """Return `draw_word` of each entity, as an array; same bits as in a kernel. The key may differ from entity to entity."""
    with np.errstate(over="ignore"):
        counts = np.asarray(count).astype(np.uint64)
        words = np.asarray(entities).astype(np.uint64)
        inner: np.ndarray = _mix(np.asarray(key, np.uint64) + words * GOLDEN)
        mixed: np.ndarray = _mix(inner + (counts + np.uint64(1)) * GOLDEN)
        return mixed


def uniforms(key: np.uint64 | np.ndarray, entities: np.ndarray, count: np.ndarray | int) -> np.ndarray:
    """Return `uniform` of each entity, as an array; same bits as in a kernel."""
    return (draw_words(key, entities, count) >> S11).astype(np.float64) * TO_UNIT + HALF
