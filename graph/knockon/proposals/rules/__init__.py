"""Rules that propose records: names of the graph in a text, and phrases that say how they depend on each other."""
