"""URIEL's genetic distance between two languages."""

from isogloss.measures._uriel import measure

MEASURE = measure("genetic")
