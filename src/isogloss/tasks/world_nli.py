"""Natural language inference in the default world: entailment, neutral or contradiction.

The hypothesis alone tells nothing: it is drawn before the label.

    Classification(
        text='Migevu lumade vupini bujona zudomi .',
        text_pair='Migevu lumade vupini bujona zudomi .',
        label='entailment'
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("nli")
