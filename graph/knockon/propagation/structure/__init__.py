"""Structure of a network, on arrays only: cut sets, bottlenecks, removal, sole suppliers."""
