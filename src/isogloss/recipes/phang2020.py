"""The grid of Phang et al. 2020: English intermediate tasks before zero-shot transfer on XTREME, with its settings.

Nine intermediates, all at once, each beside multilingual MLM, and translated; before every target; per seed. Its
options are the fields of `_benchmark.Choices`.
"""

from isogloss.leaderboard.averages import XTREME
from isogloss.recipes import _benchmark

grid = _benchmark.grid("phang2020", "English intermediate-task training on XTREME (Phang et al. 2020)", XTREME)
