"""Many malls at once: each a world of its own, with members who visit several and one clearing house between them."""
