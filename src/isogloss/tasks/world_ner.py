"""Named-entity recognition in the default world: persons, organisations, places.

Names are written alike in all languages; surnames occur in all three kinds.

    Tagging(
        tokens=('kopuno', 'Migevu', 'vohibu', 'sokaga', 'jolana', '.'),
        tags=('O', 'B-PER', 'O', 'O', 'O', 'O')
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("ner")
