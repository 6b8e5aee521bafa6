"""Policies by family; each sees observations only. What there is: `catalogue`; what each is given: `policy`."""
