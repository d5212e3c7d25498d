"""The grid of Phang et al. 2020 on the targets of XTREME-R (Ruder et al. 2021).

Its options are the same.
"""

from isogloss.leaderboard.averages import XTREME_R
from isogloss.recipes import _benchmark

grid = _benchmark.grid("xtreme_r", "English intermediate-task training on XTREME-R", XTREME_R)
