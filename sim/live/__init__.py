"""Watching a run while it is going on, in a browser or a notebook (the extra `live`)."""
