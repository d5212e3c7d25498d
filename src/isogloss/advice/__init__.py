"""Advice before a grid is paid for: which intermediate task first, in which languages it will break, what to run next.

Reads the store and the tables that come with the package; never trains, never imports torch.
"""
