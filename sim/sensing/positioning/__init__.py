"""From what phones hear to where the platform puts them."""
