"""Who is whose friend: circles of residents, some pairs of a circle are friends; a rule, not a stored graph."""

from __future__ import annotations

from math import ceil, gcd

import numpy as np

from sim.catchment import residents_expected
from sim.config import RunConfig
from sim.random_streams import draw_words, stream_key, uniforms

PAIR_SHARE = 0.5  # of the pairs of a circle that are friends: friends of friends mostly know each other; engineering judgement


class Friends:
    """The friendships among the residents of a catchment."""

    def __init__(self, config: RunConfig) -> None:
        residents, wanted = residents_expected(config), config.digital.friends_mean
        self._residents = residents
        self.circle_size = max(2, ceil(wanted / PAIR_SHARE) + 1)
        self._pair_share = min(1.0, wanted / (self.circle_size - 1))
        self._key = stream_key(config.seed, "friends")
        words = draw_words(stream_key(config.seed, "circles"), np.arange(2), 0)
        self._shift = int(words[0] % np.uint64(residents))
        # An affine permutation spreads neighbours in number, who come about as often, over all circles.
        self._step = 1 + int(words[1] % np.uint64(residents))
        while gcd(self._step, residents) > 1:
            self._step += 1

    def circles_of(self, residents: np.ndarray) -> np.ndarray:
        """Return the circle (int64) of each resident; only people of one circle can be friends."""
        return (residents.astype(np.int64) * self._step + self._shift) % self._residents // self.circle_size

    def are_friends(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return whether residents are friends, pair by pair; nobody is their own."""
        pair = draw_words(self._key, np.minimum(a, b), np.maximum(a, b))
        together = (self.circles_of(a) == self.circles_of(b)) & (a != b)
        return together & (uniforms(self._key, pair, 0) < self._pair_share)
