"""Compare what the models predict for real shocks with what happened."""
