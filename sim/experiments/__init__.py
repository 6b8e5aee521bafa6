"""Paired comparison and replication."""
