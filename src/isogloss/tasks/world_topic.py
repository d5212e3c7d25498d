"""Topic classification in the default world: two sentences without names, six topics.

It needs the meaning of words; kept are examples that a reader who knew the world would be sure of.

    Classification(
        text='voluza zegaso 7 sigimo tilene bujona vupini . baluda tehovu dazazu .',
        label='farming'
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("topic")
