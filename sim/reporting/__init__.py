"""Records, KPIs, figures and the report."""
