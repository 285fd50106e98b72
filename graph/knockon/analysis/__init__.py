"""The questions that can be asked of a graph, and their answers."""
