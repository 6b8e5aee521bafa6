"""Cases with known answers, run on the engine that runs the mall."""
