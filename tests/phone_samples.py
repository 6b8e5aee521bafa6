"""Phones for parties, made up by rule, for tests of what follows them."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from sim.random_streams import draw_words, stream_key, uniforms
from sim.visitors import NEVER_US, Phones, Visitors, no_phones

PHONE_KEY, SHARE_KEY = stream_key(0, "a phone of a test"), stream_key(0, "Wi-Fi of a phone of a test")


def phones_of(visitors: Visitors, wifi_on_share: float = 0.85) -> Phones:
    """Return two phones for parties of two and more, one for the others."""
    count = np.minimum(visitors.people, 2).astype(np.int64)
    party = np.repeat(np.arange(count.size), count).astype(np.int32)
    ordinal = (np.arange(party.size) - np.repeat(np.cumsum(count) - count, count)).astype(np.int8)
    key = (draw_words(PHONE_KEY, visitors.number[party], ordinal) >> np.uint64(1)).view(np.int64)
    empty = no_phones()
    columns = {name: np.zeros(party.size, getattr(empty, name).dtype) for name in Phones._fields}
    columns |= {
        "party": party, "ordinal": ordinal, "key": key, "resident": key,
        "wifi_on": (uniforms(SHARE_KEY, key, 0) < wifi_on_share).astype(np.int8),
        "offset": ndtri(uniforms(SHARE_KEY, key, 1)), "dies_us": np.full(party.size, NEVER_US, np.int64),
    }  # fmt: skip
    return Phones(**columns)
