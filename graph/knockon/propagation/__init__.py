"""The models, on arrays only."""
