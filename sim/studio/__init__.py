"""The planner's page: a local web page that changes a scenario, runs it and compares, by what the command line does."""
