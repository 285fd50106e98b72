"""Whom the lists of measures cover, by name and by ownership, and which ownerships run in a circle."""
