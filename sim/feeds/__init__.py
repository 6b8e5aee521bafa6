"""What a real mall measures, taken in: records of sensors from files or live, sorted from what cannot be true."""
