"""Queries in a process of their own, which can be stopped at a limit: see docs/decisions/0019-queries-in-a-process.md."""
