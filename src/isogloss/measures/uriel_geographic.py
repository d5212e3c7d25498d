"""URIEL's geographic distance between two languages."""

from isogloss.measures._uriel import measure

MEASURE = measure("geographic")
