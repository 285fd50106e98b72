"""Synthetic data of any size, for benchmarks and teaching: invented by a seed, and marked as such wherever it goes."""

from knockon.synthetic.country import Country, generate_country

__all__ = ["Country", "generate_country"]
