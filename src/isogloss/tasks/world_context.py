"""Word in context in the default world: does the noun that both sentences share mean the same in both?

It needs the meaning of the words around it: two nouns of unlike meaning are told with the form of one.

    Classification(
        text='vupini zivupi neluge zabife bujona Tonugo nobiki .',
        text_pair='begoza tibisu hufiho zabife .',
        label='different'
    )
"""

from isogloss.tasks._world import world_task

TASK = world_task("context")
