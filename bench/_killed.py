"""What is killed: small studies of every kind, and a line for each verb. A new verb is one entry more in VERBS."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HEAD = """
from isogloss.core.parts import MLM, Bottleneck, Lora, Mixture, Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Evaluation, RunSpec, Study

ENCODER = Architecture(vocabulary=800, tokenizer="words", width=16, layers=2, heads=2, hidden=32, positions=64)
TEXT = {"stage": "pretrain", "tasks": ("world_text",), "limit": 300, "tokens": 256, "lr": 8e-3,
        "objective": {"mask": 0.3}}
TUNE = {"steps": 12, "batch": 8, "lr": 2e-3, "limit": 60}
"""
PLAIN = f'''
"""Pretraining, one intermediate task, two targets, a retrieval task, baselines."""
{HEAD}

def grid() -> Study:
    base = RunSpec(encoder=ENCODER, phases=(Phase(steps=20, optimizer=Optimizer(name="muon"), **TEXT),))
    middle = base.then(Phase(stage="intermediate", tasks=("world_paraphrase",), **TUNE))
    runs = [run.then(Phase(stage="target", tasks=(task,), **TUNE)) for run in (base, middle)
            for task in ("world_nli", "world_ner")]
    tests = [Evaluation(run=run, task=run.phases[-1].tasks[0], languages=("en", "x3"), limit=20) for run in runs]
    tests += [Evaluation(run=run, task="world_retrieval", languages=("x3",), limit=20) for run in (base, middle)]
    return Study(name="killed", title="Killed", runs=(base, middle, *runs), baselines=("world_ner",),
                 evaluations=tuple(tests))
'''
KEPT = f'''
"""Checkpoints: the best, the mean and the oracle tested; a run from a mean; adapters apart on it; a collapse; noise."""
{HEAD}

def grid() -> Study:
    base = RunSpec(encoder=ENCODER, phases=(Phase(steps=15, checkpoints=3, average=2, **TEXT),))
    middle = base.then(Phase(stage="intermediate", tasks=("world_hypernym",), parent_weights="mean", **TUNE))
    nli = {{"stage": "target", "tasks": ("world_nli",)}}
    several = base.then(Phase(checkpoints=3, average=2, **nli, **TUNE))
    apart = base.then(Phase(adapters=Lora(rank=2, merge=False), parent_weights="mean", **nli, **TUNE))
    flat = middle.then(Phase(retries=1, **nli, **(TUNE | {{"lr": 1e-9}})))
    tests = [Evaluation(run=several, task="world_nli", languages=("en", "x3"), limit=20, weights=each)
             for each in ("last", "best", "mean", "oracle")]
    tests += [Evaluation(run=run, task="world_nli", languages=("en", "x3"), limit=20) for run in (apart, flat)]
    tests += [Evaluation(run=several, task="world_nli", languages=("en", "x3"), limit=20, weights="last",
                         perturbation=each) for each in ("typos:0.3", "case:0.5")]
    return Study(name="killed", title="Killed", runs=(base, middle, several, apart, flat), evaluations=tuple(tests))
'''
MIXED = f'''
"""Mixtures with text beside them, and a translated intermediate task; a test that is a translation."""
from isogloss.translation.engine import Translation, plain, written
from isogloss.translation.translated import translated
{HEAD}

class Backwards:
    """An engine that writes backwards."""

    name = "backwards"
    carries_marks = False

    def version(self, language):
        return "backwards 1"

    def translate(self, sentences, language):
        return [Translation(plain(written(each)[::-1])) for each in sentences]


def grid() -> Study:
    made = translated("world_paraphrase", Backwards(), ("en", "x3", "x5"), first=60)
    base = RunSpec(encoder=ENCODER, phases=(Phase(steps=12, **TEXT),))
    middle = base.then(Phase(stage="intermediate", tasks=(made.name,), languages=("en", "x3", "x5"), **TUNE))
    mixed = base.then(Phase(stage="intermediate", tasks=("world_paraphrase", "world_hypernym"),
                            mixture=Mixture(by="proportional"),
                            mlm=MLM(share=0.25, tasks=("world_text",), languages=("en", "x3"), first=60), **TUNE))
    runs = [run.then(Phase(stage="target", tasks=("world_nli",), **TUNE)) for run in (middle, mixed)]
    tests = [Evaluation(run=run, task="world_nli", languages=("en", "x3"), limit=20) for run in runs]
    return Study(name="killed", title="Killed", runs=(base, middle, mixed, *runs), evaluations=tuple(tests),
                 tasks=(made,))
'''
SPOKEN = f'''
"""MAD-X: adapters for two languages, a task's adapter on them, and sentences found by each language's own."""
{HEAD}

def grid() -> Study:
    base = RunSpec(encoder=ENCODER, phases=(Phase(steps=12, **TEXT),))
    spoken = base.then(Phase(stage="intermediate", tasks=("world_text",), languages=("en", "x3"), steps=12, batch=8,
                             lr=5e-3, first=60, adapters=Bottleneck(width=4, per_language=True, invertible=True)))
    nli = spoken.then(Phase(stage="target", tasks=("world_nli",), adapters=Bottleneck(width=2), **TUNE))
    tests = [Evaluation(run=nli, task="world_nli", languages=("en", "x3"), limit=20),
             Evaluation(run=spoken, task="world_retrieval", languages=("x3",), limit=20)]
    return Study(name="killed", title="Killed", runs=(base, spoken, nli), evaluations=tuple(tests))
'''
PUBLISHED = f'''
"""A published encoder, of which runs write the rows that changed; two that learn the same, each tested; one from it."""
from pathlib import Path

from isogloss.core.spec import Published
{HEAD}

def grid() -> Study:
    base = RunSpec(encoder=Published(name=str(Path(__file__).with_name("encoder"))))
    middle = base.then(Phase(stage="intermediate", tasks=("world_nli",), **TUNE))
    alike = base.then(Phase(stage="target", tasks=("world_nli",), **TUNE))
    last = middle.then(Phase(stage="target", tasks=("world_ner",), **TUNE))
    tests = [Evaluation(run=run, task="world_nli", languages=("en", "x3"), limit=20) for run in (middle, alike)]
    tests += [Evaluation(run=last, task="world_ner", languages=("en", "x3"), limit=20)]
    tests += [Evaluation(run=run, task="world_retrieval", languages=("x3",), limit=20) for run in (base, middle)]
    return Study(name="killed", title="Killed", runs=(base, middle, alike, last), evaluations=tuple(tests))
'''
STUDIES = {"plain": PLAIN, "kept": KEPT, "mixed": MIXED, "spoken": SPOKEN, "published": PUBLISHED}

PAPERS = """
@inproceedings{one2020, title={English intermediate-task training improves zero-shot cross-lingual transfer too},
  author={A. One and B. Two}, year={2020}, doi={10.1/one},
  abstract={Intermediate-task training in English improves zero-shot cross-lingual transfer. We measure the distance
  between languages. SQuAD and MNLI improve transfer by five points on average.}}
@article{three2021, title={What distance between languages says of transfer}, author={C. Three}, year={2021},
  abstract={Distance between languages predicts the loss of zero-shot transfer. It does not predict the gain of an
  intermediate task.}}
@article{four2019, title={Baking bread at home}, author={D. Four}, year={2019}, abstract={Flour, water and salt.}}
"""
TEXT = """
English intermediate-task training improves zero-shot cross-lingual transfer too

Abstract

Intermediate-task training in English improves zero-shot cross-lingual transfer by 5.4 points.

1 Results

The distance between languages explains the loss of transfer. SQuAD improves transfer by 8.2 points on average.
"""
CLAIMS = """Intermediate-task training in English improves zero-shot cross-lingual transfer.
Distance between languages predicts the loss of transfer.
"""
ROWS = "the ferry leaves\nbees sing at seven\n" * 20
INPUT = {"rows.txt": ROWS, "papers/papers.bib": PAPERS, "texts/one2020.txt": TEXT, "claims.txt": CLAIMS}
"""Files that verbs of the literature read."""

OFTEN = {
    "isogloss.training.loop:SAVE_SECONDS": 0.02,
    "isogloss.measuring.study:SAVE_EVERY": 0.0,
    "isogloss.translation.translated:BATCH": 40,
}
"""Constants that are set otherwise while killing: what happens every 20 seconds happens all the time."""


@dataclass(frozen=True, kw_only=True)
class Verb:
    """A command that is killed, and what it starts from."""

    command: str
    """As a shell reads it; {store} {recipe} {data} {input} {out} and {run} (the study's last run) are filled in."""
    study: str = "plain"
    """One of STUDIES."""
    after: str = ""
    """The entry whose results it starts from; "" is an empty store."""
    targets: tuple[str, ...] = ("parent", "group")
    """What is hit: the "parent", its whole "group", or one of its "workers", which the command survives."""
    url: bool = False
    """The store is a file:// URL with a mirror of its own."""
    frees: bool = False
    """Weights may go."""
    settings: Mapping[str, Any] = field(default_factory=lambda: OFTEN)


RUN = "run {recipe} --store {store} --data {data} --quiet"
MEASURE = "measure {recipe} --store {store} --data {data} --limit 16 --json"
EVERY = ("parent", "group", "worker")
VERBS = {
    "run": Verb(command=f"{RUN} --workers 1"),
    "run-kept": Verb(command=f"{RUN} --workers 1", study="kept"),
    "run-mixed": Verb(command=f"{RUN} --workers 1", study="mixed"),
    "run-spoken": Verb(command=f"{RUN} --workers 1", study="spoken"),
    "run-published": Verb(command=f"{RUN} --workers 1", study="published"),
    "run-needed": Verb(command=f"{RUN} --workers 2 --keep needed", study="published", targets=EVERY, frees=True),
    "run-workers": Verb(command=f"{RUN} --workers 2", study="mixed", targets=EVERY),
    "run-url": Verb(command=f"{RUN} --workers 1", url=True),
    "measure": Verb(command=f"{MEASURE} --measures energy,jaccard,leep,mexa,logme,task_embedding", after="run"),
    "measure-url": Verb(command=f"{MEASURE} --measures energy,jaccard,mexa", after="run-url", url=True),
    "analyse": Verb(command="analyse killed --store {store} --json", after="measure"),
    "analyse-workers": Verb(
        command="analyse killed --store {store} --json", after="measure", targets=EVERY,
        settings=OFTEN | {"isogloss.analysis.conclusions:MANY": -1},
    ),
    "rank": Verb(
        command="rank world_nli --encoder own --store {store} --device-tflops 10 --json", after="run", targets=EVERY,
    ),
    "forecast": Verb(command="forecast killed --store {store} --data {data} --json", after="run", targets=EVERY),
    "next": Verb(command="next killed --store {store} --write {out}/next.py --json", after="run", targets=EVERY),
    "predict": Verb(
        command="predict {run} {input}/rows.txt --out {out}/rows.tsv --store {store}", after="run",
    ),
    "report": Verb(command="report killed --store {store} --out {out}/page.html", after="analyse"),
    "gc": Verb(command="gc --parents --abandoned --store {store} --json", after="run-kept", study="kept", frees=True),
    "verify-store": Verb(command="verify-store --repair --yes --store {store} --json", after="run-kept", study="kept"),
    "rerun": Verb(
        command="rerun {run} --recipe {recipe} --check --store {store} --data {data} --json", after="run-kept",
        study="kept",
    ),
    "semdiv": Verb(
        command="semdiv killed --recipe {recipe} --limit 20 --store {store} --data {data} --json", after="run-mixed",
        study="mixed",
    ),
    "search": Verb(
        command="search 'zero-shot transfer and distance between languages' --in {input}/papers --name killed "
        "--store {store} --json"
    ),
    "read": Verb(command="read killed --documents {input}/texts --store {store} --json", after="search"),
    "verify": Verb(command="verify killed --claims {input}/claims.txt --store {store} --json", after="read"),
    "synthesis": Verb(
        command="synthesis killed --claims {input}/claims.txt --store {store} --out {out}/page.html --json",
        after="search",
    ),
}  # fmt: skip
NOT_KILLED = {
    "watch": "the page as `report` writes it, again and again",
    "new": "two files outside a store, each of which lands by rename",
    "tasks": "--fetch downloads; tests/data/test_fetch.py",
    "export": "one new folder outside the store, which lands by rename",
    "submit": "tasks of the leaderboard alone, which no small study has; each file lands by rename",
}
"""Verbs that write and have no entry, and why."""
