"""MLQA across languages (G-XLT): the question in one language, the context and the answer in another.

language  es-de: context in Spanish, question in German
context   El faro se terminó en 1837.
question  Wann wurde der Leuchtturm fertig?
answer    1837 (starts at character 22)
"""

from isogloss.core.task import Task
from isogloss.tasks import mlqa

TASK = Task(
    name="mlqa_cross",
    type="span",
    title="MLQA across languages (context-question)",
    languages=tuple(
        f"{context}-{question}" for context in mlqa.LANGUAGES for question in mlqa.LANGUAGES if context != question
    ),
    read=mlqa.read,
    places=mlqa.places,
    source=mlqa.SOURCE,
    trained_on=("squad",),
    metrics=mlqa.TASK.metrics,
    splits=("dev", "test"),
)
