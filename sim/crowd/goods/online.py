"""What people look at online, as a forecast of what they will want in the store: many looks, of people who are not quite those who come."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from sim.random_streams import stream_key, uniforms
from sim.schema.goods import StockingConfig


def online_forecast(wishes: np.ndarray, keys: np.ndarray, stocking: StockingConfig, seed: int, day: int) -> np.ndarray:
    """Return the wishes for each item a day that its looks online suggest, where `wishes` is what is truly wanted on average.

    Looks are Poisson (by its normal approximation) about `online_looks_per_wish` times what is wanted, times a factor of mean 1 that
    stays with the item: whoever looks online is not whoever comes.
    """
    sigma = stocking.online_bias_sd
    bias = np.exp(sigma * ndtri(uniforms(stream_key(seed, "online bias"), keys, 0)) - sigma**2 / 2)
    expected = stocking.online_looks_per_wish * wishes * bias
    looks = expected + np.sqrt(expected) * ndtri(uniforms(stream_key(seed, "online looks"), keys, day))
    return np.asarray(np.maximum(np.rint(looks), 0.0) / stocking.online_looks_per_wish)
