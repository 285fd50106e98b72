"""What would soften a shock: candidates, their savings and what blocks them."""
