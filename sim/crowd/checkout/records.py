"""Records of ways to pay."""

from __future__ import annotations

import numpy as np

METHOD = np.dtype([("pay_s_mean", "f8"), ("fee_share", "f8"), ("discount_share", "f8")], align=True)
CHECKOUT_PARAMS: list[tuple[str, str]] = []
