"""multilingual-e5-small cut to English and Portuguese and trained on."""

from isogloss.models.packaged import _e5

PACKAGED = _e5.packaged(
    "e5-small-enpt",
    "multilingual-e5-small cut to English and Portuguese and trained on",
    file="e5-small-enpt-q4.bin",
    digest="d06eb0b0ae4e8a46813ece6d2dd9a9f3880ea3a44c8968d72d0a6fd670ec5234",
    size=23_947_136,
    languages="en, pt",
    megabytes=173,
)
