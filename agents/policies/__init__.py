"""Policies by family; each sees observations only."""
