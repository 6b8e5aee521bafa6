"""What the mall's systems can know."""
