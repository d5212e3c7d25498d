"""Hypernym inference in the default world: entailed or not, without a content word in common.

It needs the meaning of nouns and verbs; overlap of tokens tells nothing.

    Classification(
        text='tobobe vohibu hufiho kovelu .',
        text_pair='riseno rekeda lakura .',
        label='entailment'
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("hypernym")
