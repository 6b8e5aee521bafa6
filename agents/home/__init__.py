"""People at home: what reaches them there, the coupons that they keep, and what that does to when they come, and for what."""
