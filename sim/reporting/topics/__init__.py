"""What a run says of one thing that serves, topic by topic: its sums, KPIs, curves and words."""
