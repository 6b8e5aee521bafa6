"""Records of points: each tenant's terms, and the parameters of all."""

from __future__ import annotations

import numpy as np

TERMS = np.dtype([("takes_part", "i1")], align=True)
# of a unit: takes_part: 1 while its tenant gives points and takes them.
POINTS_PARAMS = [  # of PARAMS
    ("fen_per_point", "i8"),
]
