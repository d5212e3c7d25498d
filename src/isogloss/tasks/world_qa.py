"""Extractive question answering in the default world: two sentences that share a verb or a subject, and a question.

The answer is a run of tokens of one of them.

    Span(
        context='voluza zegaso 7 vupini tilene bujona Dibuko . voluza hadevi firigo sonide tavoka .',
        question='voluza fodisi sibapi ?',
        answers=('vupini',),
        starts=(16,)
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("qa")
