"""Shoppers walk, choose, queue, pay: the compiled, event-driven engine."""
