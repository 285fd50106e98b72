"""The structure of the network: choke points, loops, concentration."""
