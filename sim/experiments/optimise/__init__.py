"""Searches for better settings: layouts by screening and selection, parameters by Optuna; the winner is judged on fresh seeds."""
