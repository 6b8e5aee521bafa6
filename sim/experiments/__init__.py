"""Runs many malls at once, and compares them pair by pair under common random numbers."""
