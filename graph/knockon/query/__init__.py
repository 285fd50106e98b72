"""Run SPARQL queries on a store: limits, the library of named queries, the formats of answers."""
