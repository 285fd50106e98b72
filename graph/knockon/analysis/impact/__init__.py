"""The impact of shocks: losses, their causes, comparisons and exposures."""
