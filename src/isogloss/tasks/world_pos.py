"""Part-of-speech tagging in the default world, universal tags.

Scored by token; every tag of a word is fixed, so an unknown word is told by its place.

    Tagging(
        tokens=('Rudivo', 'vohibu', 'gurejo', 'vupini', 'zijola', '.'),
        tags=('PROPN', 'VERB', 'ADJ', 'NOUN', 'ADV', 'PUNCT')
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("pos")
