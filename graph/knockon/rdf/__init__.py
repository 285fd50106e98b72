"""Convert records to quads and back, derive triples, generate shapes, check records against each other."""
