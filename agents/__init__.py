"""Who comes and who decides."""
