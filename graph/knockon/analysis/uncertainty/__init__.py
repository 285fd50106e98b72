"""The distribution of losses when weights are drawn from their ranges."""
