"""The report on one shock as HTML and PDF."""
