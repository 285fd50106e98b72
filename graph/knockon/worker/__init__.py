"""Run queries in a separate process that is stopped at a limit: see docs/decisions/0019-queries-in-a-process.md."""
