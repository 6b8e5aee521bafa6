"""Who hears which access point how strongly: physics, maps, coverage, and where access points should hang."""
