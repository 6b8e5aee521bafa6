"""Happenings in the hall: what parties stop at or come to on purpose, hunts from clue to clue, meetings of friends."""
