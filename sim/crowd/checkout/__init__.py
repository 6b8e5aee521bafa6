"""Paying: how, how long it takes, what it costs, and sales that stock or fit would have lost."""
