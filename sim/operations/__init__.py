"""What the mall does by the clock: hours, staffing, outages, reviews."""
