"""The live twin: an ensemble of malls kept in step with what a mall measures, and what it foretells."""
