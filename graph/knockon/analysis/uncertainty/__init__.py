"""How losses spread when judged weights are drawn from their ranges."""
