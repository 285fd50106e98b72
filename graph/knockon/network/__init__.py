"""The compiled dependency network: arrays, and the ways into them."""

from knockon.network.arrays import Mode
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Network

__all__ = ["NODE", "SLOT", "SUPPLY", "Hits", "Mode", "Network"]
