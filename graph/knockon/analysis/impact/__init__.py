"""What a shock does: losses, their causes, comparisons and exposures."""
