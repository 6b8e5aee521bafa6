"""Saving a run and going on with it: the state as plain data, snapshots of a day, checkpoints of many."""
