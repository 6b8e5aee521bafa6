"""Car parks: gates, aisles and bays, the search for one, the way back to one's own car, what it costs."""
