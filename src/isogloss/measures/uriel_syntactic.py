"""URIEL's syntactic distance between two languages."""

from isogloss.measures._uriel import measure

MEASURE = measure("syntactic")
