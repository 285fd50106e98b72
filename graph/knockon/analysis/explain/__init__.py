"""Why an entity loses what it loses: the causal tree, paths and documented chains."""
