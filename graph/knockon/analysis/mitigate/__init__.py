"""The changes that would reduce a loss: candidates, their savings and what blocks them."""
