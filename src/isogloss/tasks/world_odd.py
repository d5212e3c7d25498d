"""The odd one out in the default world: four nouns, three of a kind.

It needs the meaning of nouns, which stand without a sentence.

    Choice(
        prompt='lurizi tobobe bibihe renoze',
        choices=('lurizi', 'tobobe', 'bibihe', 'renoze'),
        label=2
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("odd")
