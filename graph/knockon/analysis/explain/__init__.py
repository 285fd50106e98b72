"""The causes of a loss: the causal tree, paths and documented chains."""
