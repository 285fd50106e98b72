"""Portfolios: entities that somebody holds, buys from or lends to, with an amount for each, and what shocks do to them."""
