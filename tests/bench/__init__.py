"""Speed and memory, measured against hand-written scripts of the same day; run by `make bench`, never a gate."""
