"""People who come together, part for a while and meet again: parts, meetings, children in care."""
