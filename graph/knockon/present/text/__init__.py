"""Explanations as Markdown and as text."""
