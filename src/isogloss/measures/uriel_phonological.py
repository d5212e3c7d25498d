"""URIEL's phonological distance between two languages."""

from isogloss.measures._uriel import measure

MEASURE = measure("phonological")
