"""How the mall works."""
