"""Adapters: small parts that are trained in place of an encoder. Low-rank ones, and MAD-X's for languages and tasks."""
