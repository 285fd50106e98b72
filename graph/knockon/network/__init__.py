"""The compiled dependency network: arrays, and the ways into them."""
