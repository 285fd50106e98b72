"""The content of a graph: data sets, records, schema, search, evidence and differences."""
