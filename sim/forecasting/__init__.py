"""Forecasts of counts: an ensemble Kalman filter, the usual day and its course, and how good a forecast was."""
