"""Sentence retrieval in the default world: find the English translation among 400 sentences.

No names and no numbers: the hard set. Nothing is trained.

    Passage(
        side='query',
        text='lojiku liziva fefasu zemudu .',
        keys=('test-229',),
        language='x1'
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("retrieval")
