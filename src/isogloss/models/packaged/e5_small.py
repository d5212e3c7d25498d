"""multilingual-e5-small: 12 layers of width 384, XLM-R's vocabulary."""

from isogloss.models.packaged import _e5

PACKAGED = _e5.packaged(
    "e5-small",
    "multilingual-e5-small: 12 layers of width 384, XLM-R's vocabulary",
    file="e5-small-q4.bin",
    digest="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    size=71_622_400,
    languages="about 100 (XLM-R's)",
    megabytes=484,
)
