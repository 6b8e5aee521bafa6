"""Fits what is not known of a mall to what its sensors have measured, and says what they cannot tell."""
