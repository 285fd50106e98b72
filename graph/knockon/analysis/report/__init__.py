"""What a report on one shock contains, and its citations."""
