"""MAD-X (Pfeiffer et al. 2020) on a published encoder: do adapters for languages help where it has read little?

Each language gets a bottleneck adapter with an invertible one at the embeddings, trained by masked language modelling
on its text; a task's adapter is trained on top of English's, and tested on top of each language's own. Beside it stands
the same task's adapter on the bare encoder. Three languages that the encoder has read much of, and three of which
XLM-R's text has little (Gujarati, Punjabi) or nothing (Yoruba).
"""

from typing import Any

from isogloss.core import encoders
from isogloss.core.cross import cross
from isogloss.core.languages import ENGLISH
from isogloss.core.parts import Bottleneck
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, Study

MUCH, LITTLE = ("de", "fi", "ru"), ("gu", "pa", "yo")
LANGUAGES = (ENGLISH, *MUCH, *LITTLE)
TARGETS: dict[str, dict[str, Any]] = {
    "sib200": {"epochs": 4, "length": 64, "pooling": "mean", "batch": 16},
    "panx": {"epochs": 1, "length": 64, "limit": 3000, "batch": 16, "reads": "first+mean", "hidden": 128,
             "dropout": 0.2},
}  # fmt: skip
SPLITS = {"panx": "dev"}
"""XTREME hides this test's answers: its dev files stand in."""


def grid(encoder: str = "e5-small", seeds: int = 3, text: int = 600, size: int = 192, lr: float = 1e-3) -> Study:
    """The study.

    Args:
        encoder: a packaged encoder, a folder or a hub name
        seeds: task adapters and heads of each condition; the language adapters are the same under all
        text: sentences of each language from each of two sources
        size: width of a language's bottleneck; a task's has an eighth of it
        lr: of adapters and heads
    """
    languages = Phase(
        stage="intermediate", tasks=("wiki", "ntrex"), languages=LANGUAGES, first=text, epochs=1, lr=lr, batch=24,
        length=96, adapters=Bottleneck(width=size, per_language=True, invertible=True),
        without=("sib200/test", "sib200/dev", "panx/dev"),
    )  # fmt: skip
    targets = {
        task: Phase(stage="target", tasks=(task,), lr=lr, adapters=Bottleneck(width=size // 8), **settings)
        for task, settings in TARGETS.items()
    }
    start = encoders.published(encoder)
    runs = [start, start.then(languages)]
    tests = []
    for seed in range(seeds):
        for before in (start, start.then(languages)):
            more, with_target = cross([before], {"": ()}, {task: (phase,) for task, phase in targets.items()}, (seed,))
            runs += more[1:]
            tests += [
                Evaluation(run=test.run, task=test.task, split=SPLITS.get(test.task, "test"), languages=LANGUAGES)
                for test in with_target
            ]
    return Study(
        name="madx" if encoder == "e5-small" else encoders.study_name("madx", encoder),
        title="MAD-X: adapters for languages under an adapter for a task", runs=tuple(runs),
        evaluations=tuple(tests), baselines=tuple(TARGETS),
        notes=("The language adapters are trained once: intervals over seeds are over task adapters and heads alone.",),
    )  # fmt: skip
