"""What a tenant is beside shelves and tills: a restaurant, a cinema, a desk."""
