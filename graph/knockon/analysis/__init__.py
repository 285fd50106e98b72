"""The questions about a graph, and their answers."""
