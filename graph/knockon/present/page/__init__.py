"""The explorer page: its data, layout and styles."""
