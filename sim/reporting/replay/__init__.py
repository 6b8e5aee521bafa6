"""A run to watch: thinned paths, what happened on the way, and the page that plays them."""
