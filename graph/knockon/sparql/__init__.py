"""SPARQL texts before they meet a store: tokens, the guard, what is wrong with them."""
