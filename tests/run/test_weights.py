"""run/weights: last, best on English dev, mean and oracle, each by itself and never one in another's place."""

import dataclasses
from pathlib import Path

import pytest

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.phase import Phase
from isogloss.models import device
from isogloss.plan.dev import dev_of
from isogloss.plan.plan import plan
from isogloss.plan.site import Site
from isogloss.run import weights
from isogloss.run.execute import execute
from isogloss.store.garbage import garbage, sweep
from isogloss.store.predictions import Predictions

RECIPE = """
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Evaluation, RunSpec, Study

def grid(checkpoints: int = 4, weights: tuple[str, ...] = ("last", "best", "mean", "oracle"), child: str = "") -> Study:
    encoder = Architecture(vocabulary=60, tokenizer="words", width=16, layers=1, heads=2, hidden=32, positions=32)
    text = Phase(stage="pretrain", tasks=("lines",), steps=8, tokens=128, lr=5e-3)
    target = Phase(stage="target", tasks=("colour",), steps=12, lr=1e-2, checkpoints=checkpoints)
    run = RunSpec(encoder=encoder, phases=(text, target))
    last = (run.then(Phase(stage="target", tasks=("colour",), steps=4, parent_weights=child)),) if child else ()
    return Study(
        name="chosen", title="Which weights", runs=(run, *last),
        evaluations=tuple(Evaluation(run=run, task="colour", weights=each) for each in weights),
    )
"""
WORDS = {"blue": ("sky", "sea", "sapphire"), "red": ("blood", "rose", "brick")}


@pytest.fixture
def chosen(site: Site) -> Site:
    """The recipe of colours with an own encoder, and dev data in English."""
    folder = Path(site.recipe).parent
    (folder / "chosen.py").write_text(RECIPE)
    rows = [f"the {word} of {index}\t{label}" for index in range(12) for label, all_ in WORDS.items() for word in all_]
    for name, several in {"train-en": rows, "dev-en": rows[::2], "test-en": rows[::3], "test-de": rows[::4]}.items():
        (site.data / "colour" / f"{name}.tsv").write_text("\n".join(several) + "\n")
    return dataclasses.replace(site, recipe=str(folder / "chosen.py"))


def run(site: Site) -> list[str]:
    """Do what is missing; returns what was done."""
    found = plan(site.study, site.store, site.data, site.find)
    site.store.save_study(found.study.name, found.plain())
    for job in found.missing:
        execute(job, site, lambda *_: None)
    return [job.title for job in found.missing]


def test_four_scores_stand_apart(chosen: Site) -> None:
    """One run, four evaluations: each says in its signature which weights it is of; the best is that of the dev curve;
    the oracle is nowhere below any checkpoint on the test language; a second plan has nothing to do."""
    run(chosen)
    store = chosen.store
    (tested,) = {name for name, _ in store.evaluations()}
    found = {store.about(tested, key).get("weights", "last"): key for _, key in store.evaluations(tested)}
    assert set(found) == {"last", "best", "mean", "oracle"}
    variants = {weights: {score.variant for score in store.scores(tested, key)} for weights, key in found.items()}
    assert variants == {"last": {""}, "best": {"weights=best"}, "mean": {"weights=mean"}, "oracle": {"weights=oracle"}}
    best = store.about(tested, found["best"])
    assert [step for step, _ in best["curve"]] == [3, 6, 9, 12]
    assert max(best["curve"], key=lambda point: (point[1], -point[0]))[0] == best["step"]
    assert best["dev"] == "colour/dev/en"
    assert store.about(tested, found["mean"])["checkpoints"] == [6, 9, 12]
    values = {
        weights: {score.language: score.value for score in store.scores(tested, key)} for weights, key in found.items()
    }
    assert all(values["oracle"][code] >= values[each][code] for each in ("last", "best") for code in ("en", "de"))
    steps = store.about(tested, found["oracle"])["steps"]
    assert steps.keys() == {"en", "de"}
    assert isinstance(Predictions.read(store.at.predictions(tested, found["oracle"])), Predictions)
    assert run(chosen) == []


def test_where_checkpoints_are_kept_the_best_is_the_default(chosen: Site) -> None:
    """Weights left empty: "best" of a run with checkpoints, "last" of one without."""
    asked = {"weights": ("",)}
    kept = plan(dataclasses.replace(chosen, options=asked).study, chosen.store, chosen.data, chosen.find)
    plain = dataclasses.replace(chosen, options=asked | {"checkpoints": 0}).study
    none = plan(plain, chosen.store, chosen.data, chosen.find)
    assert [job.weights for job in kept.jobs if job.kind == "evaluate"] == ["best"]
    assert [job.weights for job in none.jobs if job.kind == "evaluate"] == ["last"]


def test_without_english_dev_the_best_is_absent_and_said_to_be(chosen: Site) -> None:
    """Asked for by name it is left out; as the default the last weights are tested under their own name; a remark
    says which."""
    (chosen.data / "colour" / "dev-en.tsv").unlink()
    named = plan(chosen.study, chosen.store, chosen.data, chosen.find)
    assert [job.weights for job in named.jobs if job.kind == "evaluate"] == ["last", "mean", "oracle"]
    assert "colour has no English dev data on this disk: its best checkpoint is left out." in named.remarks
    default = dataclasses.replace(chosen, options={"weights": ("",)}).study
    found = plan(default, chosen.store, chosen.data, chosen.find)
    assert [job.weights for job in found.jobs if job.kind == "evaluate"] == ["last"]
    assert "the last weights are tested" in found.plain()["remarks"][0]


def test_what_cannot_be_chosen_is_refused_before_training(chosen: Site) -> None:
    """No checkpoints to choose from, a mean of more than there are, an unknown name, a peek to start from."""
    for options, error, said in (
        ({"checkpoints": 0, "weights": ("best",)}, SpecError, "keeps no checkpoints"),
        ({"checkpoints": 2, "weights": ("mean",)}, SpecError, "set `average` to 1 to 2"),
        ({"weights": ("bset",)}, UnknownName, "Did you mean 'best'"),
        ({"child": "oracle"}, UnknownName, "parent_weights"),
        ({"child": "mean", "checkpoints": 0, "weights": ("last",)}, SpecError, "keeps no"),
    ):
        study = dataclasses.replace(chosen, options=options).study
        with pytest.raises(error, match=said):
            plan(study, chosen.store, chosen.data, chosen.find)


def test_a_run_starts_from_the_weights_it_names(chosen: Site) -> None:
    """Started from the mean, a run's parent folder is the mean's; from the best, the best checkpoint's, and the dev
    data it was chosen on is part of what the run is."""
    for which in ("mean", "best"):
        site = dataclasses.replace(chosen, options={"child": which})
        run(site)
        spec = plan(site.study, site.store, site.data, site.find).study.runs[-1]
        folder = weights.parent_folder(site, spec)
        assert folder is not None
        assert site.store.finished(spec.run_id)
        if which == "mean":
            assert folder.name == "mean-3"
        else:
            assert spec.parent is not None
            curve = weights.dev_curve(site, spec.parent, site.find("colour"), "en")
            assert folder == weights.checkpoints(site, spec.parent)[weights.best(curve)]
            assert spec.phases[-1].data.keys() == {"colour", "colour/dev/en"}


def test_a_curve_in_bfloat16_stands_apart_from_one_in_float32(chosen: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a processor that computes in bfloat16 checkpoints are tested again; neither curve is read as the other."""
    run(chosen)
    ((tested, _), *_) = chosen.store.evaluations()
    spec, name = chosen.store.spec(tested), f"dev-{tested}"
    (single,) = chosen.store.cached(name)
    monkeypatch.setattr(device, "usual", lambda *_, **__: device.Ways(half=True))
    weights.dev_curve(chosen, spec, chosen.find("colour"), "en")
    assert list(chosen.store.cached(name)) == [single, f"{single}/bfloat16"]


def test_checkpoints_are_freed_when_nothing_needs_them_and_made_again_when_something_does(chosen: Site) -> None:
    """gc frees them with the weights once all is tested; asking for another selection trains the run again, to the
    same scores."""
    first = dataclasses.replace(chosen, options={"weights": ("last", "best")})
    run(first)
    store = chosen.store
    (tested,) = {name for name, _ in store.evaluations()}
    before = sorted((score.variant, score.language, score.value) for score in store.scores(tested))
    sweep(store, garbage(store))
    assert not store.at.snapshots(tested).is_dir()
    assert store.freed(tested)
    done = run(chosen)
    assert [title.rpartition(" (")[2] for title in done] == ["seed 0)", "mean weights)", "oracle weights)"]
    assert store.at.snapshots(tested).is_dir()
    after = sorted((score.variant, score.language, score.value) for score in store.scores(tested))
    assert set(before) <= set(after)


def test_the_plan_counts_the_disk_that_checkpoints_take(chosen: Site) -> None:
    """Four checkpoints take four times the space of one."""

    def taken(checkpoints: int) -> int:
        options = {"checkpoints": checkpoints, "weights": ("last",)}
        study = dataclasses.replace(chosen, options=options).study
        found = plan(study, chosen.store, chosen.data, chosen.find)
        return [job.bytes for job in found.jobs if job.kind == "train"][-1]

    assert taken(4) == 4 * taken(0) > 0


def test_a_task_that_another_trains_is_chosen_on_its_own_dev_or_else_on_that_of_its_teacher(real: Path) -> None:
    """XNLI has an English dev set of its own; XQuAD has none, so SQuAD's dev chooses; TyDiQA has neither."""
    from isogloss.core import folder

    phase = Phase(stage="target", tasks=("mnli",), steps=1)
    names = {}
    for name in ("xnli", "xquad", "tydiqa"):
        found = dev_of(folder.load("tasks", name), phase, lambda each: folder.load("tasks", each), real)
        names[name] = found[0].name if found else None
    assert names == {"xnli": "xnli", "xquad": "squad", "tydiqa": None}
