"""What follows from places and purchases, and how right it is."""
