"""Messages, offers, coupons and triggers in the crowd: what reaches a party, what it makes of it, and what comes off a price."""
