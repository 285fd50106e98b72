"""What the network depends on: choke points, loops, concentration."""
