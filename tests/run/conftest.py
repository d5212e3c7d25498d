"""A user's recipe and task in a folder."""

from users_study import planned, site

__all__ = ["planned", "site"]
