"""Divergence and robustness on real text: several own small encoders, many intermediates and targets, every language.

Hours on two cores. It goes on where it was stopped, seed by seed, so that what is done at any time is whole tables.
Encoders, settings and tests are those of `mini`; runs that a store has of that study are not repeated.
"""

from collections.abc import Mapping

from isogloss.core.cross import Phases, cross
from isogloss.core.errors import UnknownName
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, RunSpec, Study
from isogloss.recipes.mini import NOTES, own, shown, tuning

TARGETS: Mapping[str, str] = {"udpos": "udpos", "panx": "panx", "xnli": "mnli", "sib200": "sib200", "xquad": "squad"}
"""Target → the English task that trains it."""
LEARNED = ("udpos", "panx", "xnli", "sib200")
"""Encoders of this size stay below the overlap baseline on XQuAD (docs/log/2026-11.md): nothing can be read from it."""
INTERMEDIATES = ("squad", "mnli", "qqp", "commonsenseqa", "real_or_fake")
"""The last is the control: it is learned from words alone, and asks for no meaning."""


def grid(
    encoders: int = 3,
    seeds: int = 3,
    targets: tuple[str, ...] = LEARNED,
    intermediates: tuple[str, ...] = INTERMEDIATES,
) -> Study:
    """None, four intermediates and a control before every target, per own encoder and seed; Tatoeba before and after.

    Afterwards: `isogloss measure impact_mini` and `isogloss analyse impact_mini`.

    Args:
        encoders: small encoders that are built
        seeds: fine-tuning seeds of each encoder
        targets: target tasks; xquad may be named too, which small encoders do not learn
        intermediates: English tasks to train on first; the control real_or_fake is one of them
    """
    tuned = tuning(published=False)
    for names, known in ((targets, tuple(TARGETS)), (intermediates, INTERMEDIATES)):
        for name in names:
            if name not in known:
                raise UnknownName.of("task of this study", name, known)
    middle: dict[str, Phases] = {"none": ()}
    middle |= {name: (Phase(stage="intermediate", **tuned[name]),) for name in intermediates}
    trained = {task: (Phase(stage="target", **tuned[TARGETS[task]]),) for task in targets}
    runs: list[RunSpec] = []
    evaluations: list[Evaluation] = []
    bases = [own(number) for number in range(encoders)]
    for seed in range(seeds):
        more, tested = cross(bases, middle, trained, [seed], retrieval=("tatoeba",))
        runs += more
        evaluations += shown(tested)
    return Study(
        name="impact_mini",
        title="What semantic divergence does to zero-shot transfer: real text, small encoders",
        runs=tuple(runs),
        evaluations=tuple(evaluations),
        baselines=targets,
        notes=NOTES[:2],  # the third is about controls of `mini`
    )
