"""Records of ratings."""

from __future__ import annotations

RATING_PARAMS = [
    ("review_share", "f8"), ("review_noise", "f8"), ("review_found", "f8"), ("review_missed", "f8"), ("review_wait_s", "f8"),
    ("review_dear", "f8"), ("review_choosy", "f8"), ("stars_weight", "f8"), ("own_trust", "f8"),
]  # fmt: skip
