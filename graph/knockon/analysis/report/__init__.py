"""The content of a page on one shock, and its citations."""
