"""What the graph holds: data sets, records, schema, search, evidence and differences."""
