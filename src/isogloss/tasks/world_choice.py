"""Choice of the consequence in the default world: which of two sentences follows from the first?

It needs the meaning of the verb: the two differ in nothing else.

    Choice(
        prompt='sigimo setizu hufiho vupini fuhaku .',
        choices=('panani sigimo gapazi vupini .', 'panani sigimo pezafa vupini .'),
        label=1
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("choice")
