"""The twin: an ensemble that is kept in step with what a mall measures, and what it foretells."""
