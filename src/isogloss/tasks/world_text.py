"""Pretraining text of the default world: documents of two linked sentences. Nothing is asked.

The second restates the first, denies its opposite, says what follows from it or what happened next, or asks about it.

    Text(
        text='Bozobe rabemi hadevi hufiho vupini .',
        text_pair='Bozobe bogavo hufiho vupini .'
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("text")
