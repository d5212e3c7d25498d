"""Sentences of our own, and their translations, that a tiny translator learns."""

PAIRS = (
    ("the cat sleeps .", "el gato duerme ."),
    ("a dog reads the book .", "un perro lee el libro ."),
    ("the dog sleeps in the house .", "el perro duerme en la casa ."),
    ("where does the cat read ?", "dónde lee el gato ?"),
    ("in the house", "en la casa"),
)

CATALAN = (
    "el gat dorm .",
    "un gos llegeix el llibre .",
    "el gos dorm a la casa .",
    "on llegeix el gat ?",
    "a la casa",
)
