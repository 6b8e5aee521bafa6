"""One figure of a report: its file, where it stands, and what it says in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """One figure of the report: its file, where it stands, and what it says to who reads and to who cannot see it."""

    file: str
    section: str  # day, map, queue, parking, sensing, sensing_map, or a topic's name
    caption: str
    alt: str

    def record(self) -> dict[str, str]:
        """Return it as plain data."""
        return {"file": self.file, "section": self.section, "caption": self.caption, "alt": self.alt}
