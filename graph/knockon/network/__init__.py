"""The compiled dependency network: arrays, and the ways into them."""

from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Mode, Network

__all__ = ["NODE", "SLOT", "SUPPLY", "Hits", "Mode", "Network"]
