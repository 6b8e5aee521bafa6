"""Money and points: integers that only move."""
