"""Records of signs: who reads one where, and what old ones say of tenants that have moved."""

from __future__ import annotations

SIGN_PARAMS = [("sign_factor", "f8"), ("old_signs_share", "f8")]
SIGN_OF_NODE = [("is_signed", "i4")]  # 1 within reach of a sign
SIGN_OF_UNIT = [("was_at", "i4")]  # unit where the tenant was before the layout moved it, -1 where it was here
