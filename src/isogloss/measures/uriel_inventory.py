"""URIEL's inventory distance between two languages."""

from isogloss.measures._uriel import measure

MEASURE = measure("inventory")
