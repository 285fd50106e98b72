"""Every entity removed in turn, with checkpoints of long runs."""
