"""A mall's drawing, read, checked, mended and compiled to arrays."""
