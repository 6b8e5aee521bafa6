"""The typed schema of the parts of a mall that serve: queues, food, cinemas, checkout, car parks, desks; one file each."""
