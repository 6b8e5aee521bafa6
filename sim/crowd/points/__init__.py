"""Points at the till: earned, spent, and what the wish for them does to choices."""
