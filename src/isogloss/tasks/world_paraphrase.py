"""Paraphrase identification in the default world: two sentences of much the same words.

They differ in a participant, an adjunct or the verb, or mean the same.

    Classification(
        text='Kasetu vohibu vupini bujona Fubomo .',
        text_pair='Kasetu rekeda vupini bujona Fubomo .',
        label='same'
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("paraphrase")
