"""Records to quads and back, derived triples, shapes, the checks between records."""
