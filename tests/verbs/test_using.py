"""`predict` and `export`: a run labels a user's file, and answers alike as a plain transformers folder."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import transformers

from isogloss.cli import main
from isogloss.core.errors import DataError, SpecError
from isogloss.core.folder import load
from isogloss.core.spec import RunSpec
from isogloss.evaluation import labelling
from isogloss.plan.plan import plan
from isogloss.plan.site import Site
from isogloss.run.execute import execute
from isogloss.store.store import Store
from tongues import xmod

RECIPE = """
from dataclasses import replace
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Evaluation, RunSpec, Study

def grid() -> Study:
    encoder = Architecture(vocabulary=600, tokenizer="unigram", width=16, layers=1, heads=2, hidden=32, positions=64)
    text = Phase(stage="pretrain", tasks=("world_text",), languages=(), first=200, steps=3, tokens=256, lr=5e-3)
    base = RunSpec(encoder=encoder, phases=(text,))
    nli = Phase(stage="target", tasks=("world_nli",), steps=3, limit=60)
    ends = (nli, replace(nli, pooling="mean"), replace(nli, tasks=("world_ner",)), replace(nli, tasks=("world_qa",)),
            replace(nli, tasks=("world_choice",)), replace(nli, tasks=("world_choice",), pooling="mean"),
            replace(nli, tasks=("world_topic",)), replace(nli, tasks=("world_topic",), pooling="mean"))
    runs = tuple(base.then(end) for end in ends)
    tests = tuple(Evaluation(run=run, task=run.phases[-1].tasks[0], limit=20) for run in runs)
    return Study(name="small", title="Small", runs=runs, evaluations=tests)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[str, str], RunSpec]]:
    """A store with a run for each type of head, and the runs by task and pooling."""
    root = tmp_path_factory.mktemp("using")
    (root / "small.py").write_text(RECIPE)
    (root / "data").mkdir()
    site = Site(recipe=str(root / "small.py"), store_root=root / "store", data=root / "data")
    found = plan(site.study, site.store, site.data, site.find)
    site.store.save_study("small", found.plain())
    for job in found.missing:
        execute(job, site, lambda *_: None)
    runs = {(run.phases[-1].tasks[0], run.phases[-1].pooling): run for run in found.study.runs}
    return root / "store", runs


SPOKEN = """
from dataclasses import replace
from isogloss.core.parts import Bottleneck
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, Published, RunSpec, Study

def grid(plain: str = "", many: str = "") -> Study:
    nli = Phase(stage="target", tasks=("world_nli",), limit=40, steps=16, batch=4, lr=0.01)
    text = Phase(stage="intermediate", tasks=("world_text",), languages=("en", "x3"), first=20, steps=40, batch=4,
                 lr=0.3, adapters=Bottleneck(width=8, per_language=True, invertible=True))
    madx = RunSpec(encoder=Published(name=plain)).then(text).then(replace(nli, adapters=Bottleneck(width=4)))
    runs = (madx, RunSpec(encoder=Published(name=many)).then(replace(nli, freeze=2)))
    return Study(name="spoken", title="Spoken", runs=runs, evaluations=tuple(
        Evaluation(run=run, task="world_nli", languages=("en", "x3", "x4"), limit=12) for run in runs))
"""


@pytest.fixture(scope="module")
def spoken(xlmr: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A store with a run of MAD-X's adapters for two languages and one of an X-MOD, and their ids."""
    root = tmp_path_factory.mktemp("spoken")
    many = xmod(xlmr, root / "xmod", "x3_XX", "en_XX")
    (root / "spoken.py").write_text(SPOKEN)
    options = ["--plain", str(xlmr), "--many", str(many), "--store", str(root / "store"), "--data", str(root)]
    assert main(["run", str(root / "spoken.py"), *options, "--workers", "1", "--quiet"]) == 0
    store = Store(root / "store")
    specs = [store.spec(run.id) for run in store.study("spoken").runs]
    ends = [spec for spec in specs if spec.phases and spec.phases[-1].stage == "target"]
    return root / "store", {"madx" if len(spec.phases) > 1 else "xmod": spec.run_id for spec in ends}


def said(*command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command prints; it must end well."""
    assert main(list(command)) == 0, capsys.readouterr()
    return capsys.readouterr().out


TEXTS = ("ba di gu .", "ke lo .", "mu ba ke di .")


def test_every_line_of_a_text_is_labelled(made: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One prediction a line, out of the task's labels, with a calibrated confidence and what that rests on."""
    store, runs = made  # type: ignore[misc]
    (tmp_path / "mine.txt").write_text("\n".join(TEXTS) + "\n")
    run = runs["world_topic", "first"].run_id
    found = json.loads(said("predict", run, str(tmp_path / "mine.txt"), "--json", "--store", str(store), capsys=capsys))
    assert [row["id"] for row in found["rows"]] == ["1", "2", "3"]
    assert {row["prediction"] for row in found["rows"]} <= {*load("tasks", "world_topic").labels}
    assert all(0 < row["confidence"] < 1 for row in found["rows"])
    assert "calibrated on" in found["note"]
    assert " en" not in found["note"].partition(" in ")[2]


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl"])
def test_tables_may_have_a_header_or_none(kind: str, made: object, tmp_path: Path) -> None:
    """Pairs in three kinds of file give the same answers; a gold label in the file is not looked at."""
    store, runs = made  # type: ignore[misc]
    use = labelling.use_of(Store(store), runs["world_nli", "first"].run_id)
    path, bare = tmp_path / f"mine.{kind}", tmp_path / f"bare.{kind}"
    mark = {"tsv": "\t", "csv": ","}.get(kind, "")
    if mark:
        path.write_text(f"label{mark}text{mark}text_pair\nx{mark}{TEXTS[0]}{mark}{TEXTS[1]}\n")
        bare.write_text(f"{TEXTS[0]}{mark}{TEXTS[1]}\n")
    else:
        path.write_text(json.dumps({"label": "x", "text": TEXTS[0], "text_pair": TEXTS[1]}) + "\n")
        bare = path
    one, other = (labelling.read(each, use) for each in (path, bare))
    assert [(each.text, each.text_pair) for each in one] == [(TEXTS[0], TEXTS[1])]  # type: ignore[union-attr]
    assert [(each.text, each.text_pair) for each in other] == [(TEXTS[0], TEXTS[1])]  # type: ignore[union-attr]


def test_what_cannot_be_labelled_is_refused(made: object, tmp_path: Path) -> None:
    """A question without a context, columns nobody named, an empty file, a run without a head."""
    store, runs = made  # type: ignore[misc]
    opened = Store(store)
    use = labelling.use_of(opened, runs["world_qa", "first"].run_id)
    (tmp_path / "q.txt").write_text("Who?\n")
    with pytest.raises(DataError, match="more than one text"):
        labelling.read(tmp_path / "q.txt", use)
    (tmp_path / "q.tsv").write_text("a\tb\tc\td\n")
    with pytest.raises(DataError, match="4 columns without a header"):
        labelling.read(tmp_path / "q.tsv", use)
    (tmp_path / "q.jsonl").write_text('{"question": "Who?"}\n')
    with pytest.raises(DataError, match=r"q\.jsonl, line 1: no column 'context'"):
        labelling.read(tmp_path / "q.jsonl", use)
    parent = runs["world_qa", "first"].parent
    with pytest.raises(SpecError, match="has no head"):
        labelling.use_of(opened, parent.run_id)


@pytest.mark.parametrize(
    ("task", "name", "content", "message"),
    [
        ("world_topic", "two.tsv", "ba di\tgu\n", r"line 1: 2 columns without a header, .* reads text\. "),
        ("world_topic", "two.csv", "ba di,gu\n", "line 1: 2 columns without a header"),
        ("world_topic", "named.tsv", "text\ttext_pair\nba\tdi\n", "line 2: two texts, .* labels one"),
        ("world_topic", "two.jsonl", '{"text": "ba"}\n{"text": "ba", "text_pair": "di"}\n', "line 2: two texts"),
        ("world_topic", "case.tsv", "Text\tLabel\nba\tdi\n", "line 1: the first row names columns, 'Text', 'Label';"),
        ("world_topic", "blank.csv", "\nba di\n", "line 1: it is blank; delete it, or name the columns there: text"),
        ("world_nli", "one.txt", "ba di\n", "line 1: one text, and 'world_nli' labels pairs"),
        ("world_nli", "one.tsv", "ba di\n", "line 1: 1 column without a header, and 'world_nli' reads text, text_pair"),
        ("world_nli", "empty.tsv", "text\ttext_pair\nba\t\n", "line 2: one text"),
        ("world_nli", "three.tsv", "ba\tdi\tgu\n", "line 1: 3 columns without a header"),
        ("world_ner", "tags.tsv", "ba di\tO O\n", "line 1: 2 columns without a header, and 'world_ner' reads tokens"),
        ("world_qa", "one.tsv", "who?\n", "line 1: 1 column without a header, and 'world_qa' reads question, context"),
        ("world_choice", "columns.tsv", "ba\tdi\tgu\n", "line 1: 3 columns without a header, .* reads prompt, choices"),
        ("world_choice", "one.jsonl", '{"prompt": "ba", "choices": ["di"]}\n', "line 1: 1 choices; expected"),
    ],
)  # fmt: skip
def test_no_column_is_passed_over_and_none_is_missing(
    task: str, name: str, content: str, message: str, made: object, tmp_path: Path
) -> None:
    """A second column is no second text where a task labels one, half a pair is not labelled, and the line is named."""
    store, runs = made  # type: ignore[misc]
    use = labelling.use_of(Store(store), runs[task, "first"].run_id)
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=message):
        labelling.read(tmp_path / name, use)


def test_columns_that_are_named_may_be_any(made: object, tmp_path: Path) -> None:
    """Those of the task are read; a label, or a note, is not looked at. No column may be named twice."""
    store, runs = made  # type: ignore[misc]
    use = labelling.use_of(Store(store), runs["world_topic", "first"].run_id)
    path = tmp_path / "mine.tsv"
    path.write_text("ba di\tgu\n")
    assert [each.text for each in labelling.read(path, use, ("text", "label"))] == ["ba di"]  # type: ignore[union-attr]
    with pytest.raises(DataError, match=r"'text' names two columns; .* '-' for one that is not read"):
        labelling.read(path, use, ("text", "text"))
    path.write_text("7\tba di\tgu\n")
    assert [each.text for each in labelling.read(path, use, ("-", "text", "-"))] == ["ba di"]  # type: ignore[union-attr]
    pairs = replace(labelling.use_of(Store(store), runs["world_nli", "first"].run_id), texts=(1, 2))
    path.write_text("text\ttext_pair\nba\tdi\ngu\t\n")
    assert [each.text_pair for each in labelling.read(path, pairs)] == ["di", None]  # type: ignore[union-attr]


def test_predictions_are_written_as_a_table(made: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tags stand in one cell, a blank between them."""
    store, runs = made  # type: ignore[misc]
    (tmp_path / "mine.txt").write_text("ba di gu\n")
    out = tmp_path / "out.tsv"
    run = runs["world_ner", "first"].run_id
    said("predict", run, str(tmp_path / "mine.txt"), "--out", str(out), "--store", str(store), capsys=capsys)
    header, row = out.read_text().splitlines()
    assert header.split("\t") == ["id", "prediction", "confidence", "model_confidence"]
    assert len(row.split("\t")[1].split()) == 3


@pytest.mark.parametrize("kind", ["madx", "xmod"])
def test_a_file_is_read_as_its_language(
    kind: str, spoken: tuple[Path, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the run's test of that language was, with the language's own parts: the same answers, as sure. A language
    that the encoder has no parts for is read as it was in its test, too, and the note says so."""
    place, runs = spoken
    store, run = Store(place), runs[kind]
    ((_, key),) = store.evaluations(run)
    tested = store.predictions(run, "world_nli", "test", key)
    rows = list(zip(tested.language, tested.id, tested.prediction, tested.confidence, strict=True))

    def labelled(code: str, asked: str) -> dict[str, tuple[str, float]]:
        path = tmp_path / f"{code}.jsonl"
        examples = load("tasks", "world_nli").examples(place, "test", code)[:12]
        lines = [{"id": each.id, "text": each.text, "text_pair": each.text_pair} for each in examples]  # type: ignore[union-attr]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        options = ["--language", asked, "--json", "--store", str(place)]
        found = json.loads(said("predict", run, str(path), *options, capsys=capsys))
        assert found["note"].startswith("The encoder has parts for en, x3: it reads x4") == (asked == "x4")
        return {row["id"]: (row["prediction"], row["model_confidence"]) for row in found["rows"]}

    for code in ("en", "x3", "x4"):
        found = labelled(code, code)
        expected = {name: (value, sure) for language, name, value, sure in rows if language == code}
        assert {name: value for name, (value, _) in found.items()} == {name: each[0] for name, each in expected.items()}
        sure = {name: each[1] for name, each in expected.items()}
        assert {name: each for name, (_, each) in found.items()} == pytest.approx(sure, abs=1e-4)
    assert labelled("x3", "en") != labelled("x3", "x3")


def test_a_run_that_must_know_the_language_asks_for_it(
    spoken: tuple[Path, dict[str, str]], made: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one sentence with the option and the encoder's languages. Other runs need none, and answer alike with any;
    what is no language is refused by both."""
    (tmp_path / "mine.tsv").write_text("\t".join(TEXTS[:2]) + "\n")
    place, runs = spoken
    file = str(tmp_path / "mine.tsv")
    for run in runs.values():
        assert main(["predict", run, file, "--store", str(place)]) == 2
        told = capsys.readouterr().err
        assert "reads each language with parts of its own (en, x3), so say with --language CODE which one" in told
        assert main(["predict", run, file, "--language", "ger", "--store", str(place)]) == 2
        assert "no language named 'ger'" in capsys.readouterr().err
    store, others = made  # type: ignore[misc]
    plain = ["predict", others["world_nli", "first"].run_id, file, "--json", "--store", str(store)]
    assert said(*plain, "--language", "de", capsys=capsys) == said(*plain, capsys=capsys)
    assert main([*plain, "--language", "ger"]) == 2


def test_the_card_of_an_exported_run_says_how_it_is_told_the_language(
    spoken: tuple[Path, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it says makes transformers' model answer as the run's test did, which read with the language's own parts."""
    place, runs = spoken
    out = tmp_path / "out"
    options = ["--json", "--store", str(place)]
    told = json.loads(said("export", runs["xmod"], str(out), *options, capsys=capsys))
    text = (out / "README.md").read_text()
    assert "parts of its own for en_XX, x3_XX. It reads every text as en_XX until" in text
    assert '`model.set_default_language("x3_XX")`' in text
    model = getattr(transformers, told["opened_by"]).from_pretrained(out)
    tokenizer = transformers.AutoTokenizer.from_pretrained(out)
    use = labelling.use_of(Store(place), runs["xmod"])
    sure = []
    for code, name in (("en", ""), ("x3", "x3_XX")):
        own, _ = labelling.label(use, [labelling.Classification(id=text, text=text) for text in TEXTS], code)
        if name:
            model.set_default_language(name)
        theirs = [model(**tokenizer(each, return_tensors="pt")).logits[0].softmax(-1).detach() for each in TEXTS]
        assert [model.config.id2label[int(each.argmax())] for each in theirs] == [each.value for each in own]
        sure.append([each.confidence for each in own])
        assert [float(each.max()) for each in theirs] == pytest.approx(sure[-1], abs=1e-4)
    assert max(abs(one - other) for one, other in zip(*sure, strict=True)) > 3e-4


PIPELINES = {"world_nli": "text-classification", "world_ner": "token-classification", "world_qa": "question-answering"}


@pytest.mark.parametrize("task", ["world_nli", "world_ner", "world_qa", "world_choice"])
def test_an_exported_run_answers_alike_in_transformers(
    task: str, made: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Opened with the class that the command names; its probabilities are the run's to 1e-4."""
    store, runs = made  # type: ignore[misc]
    run = runs[task, "first"]
    told = json.loads(said("export", run.run_id, str(tmp_path / "out"), "--json", "--store", str(store), capsys=capsys))
    model = getattr(transformers, told["opened_by"]).from_pretrained(tmp_path / "out")
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "out")
    use = labelling.use_of(Store(store), run.run_id)
    if task == "world_nli":
        ((own,), _) = labelling.label(use, [labelling.Classification(id="1", text=TEXTS[0])])
        (theirs,) = transformers.pipeline("text-classification", model=model, tokenizer=tokenizer)([TEXTS[0]])
        assert theirs["label"] == own.value
        assert theirs["score"] == pytest.approx(own.confidence, abs=1e-4)
    elif task == "world_ner":
        words = TEXTS[2].split()
        ((own,), _) = labelling.label(use, [labelling.Tagging(id="1", tokens=tuple(words))])
        rows = tokenizer(words, is_split_into_words=True, return_tensors="pt")
        first = [rows.word_ids().index(place) for place in range(len(words))]
        best = model(**rows).logits[0, first].softmax(-1).max(-1)
        assert [model.config.id2label[int(each)] for each in best.indices] == own.value
        assert float(best.values.detach().mean()) == pytest.approx(own.confidence, abs=1e-4)
    elif task == "world_qa":
        context = " ".join(TEXTS)
        ((own,), _) = labelling.label(use, [labelling.Span(id="1", question=TEXTS[0], context=context)])
        rows = tokenizer(TEXTS[0], context, return_tensors="pt")
        out = model(**rows)
        second = np.array(rows.sequence_ids(0)) == 1
        start, end = (np.where(second, each[0].log_softmax(-1).detach(), -np.inf) for each in
                      (out.start_logits, out.end_logits))  # fmt: skip
        joint = start[:, None] + np.where(np.tri(len(end)).T > 0, end[None, :], -np.inf)
        assert float(np.exp(joint.max())) == pytest.approx(own.confidence, abs=1e-3)
    else:
        ((own,), _) = labelling.label(use, [labelling.Choice(id="1", prompt=TEXTS[0], choices=TEXTS[1:])])
        rows = tokenizer([TEXTS[0]] * 2, list(TEXTS[1:]), return_tensors="pt", padding=True)
        logits = model(**{name: each[None] for name, each in rows.items()}).logits[0].softmax(-1)
        assert int(logits.detach().argmax()) == own.value
        assert float(logits.detach().max()) == pytest.approx(own.confidence, abs=1e-4)


@pytest.mark.parametrize("task", ["world_nli", "world_choice", "world_topic"])
def test_a_head_that_transformers_lacks_comes_with_a_script(
    task: str, made: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Mean pooling: the folder's own script, which knows no isogloss, gives the run's answers and drops no text.

    Several texts are several answers where one text is labelled, and nothing else is labelled where pairs are.
    """
    store, runs = made  # type: ignore[misc]
    run = runs[task, "mean"]
    out = tmp_path / "out"
    export = json.loads(said("export", run.run_id, str(out), "--json", "--store", str(store), capsys=capsys))
    assert export["opened_by"] == ""
    assert "isogloss" not in (out / "predict.py").read_text()
    given = TEXTS[:2] if task == "world_nli" else TEXTS
    refused = {"world_nli": (TEXTS, TEXTS[:1]), "world_choice": (TEXTS[:2],), "world_topic": ((),)}[task]
    told = {"world_nli": "give the two of a pair", "world_choice": "two or more choices", "world_topic": "no text"}[
        task
    ]

    def answered(*texts: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "predict.py", *texts]
        return subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)

    done = answered(*given)
    assert done.returncode == 0, done.stderr
    for texts in refused:
        other = answered(*texts)
        assert other.returncode != 0
        assert told in other.stderr
    assert len({path.stat().st_mode for path in out.iterdir()}) == 1
    use = labelling.use_of(Store(store), run.run_id)
    examples = {
        "world_nli": [labelling.Classification(id="1", text=TEXTS[0], text_pair=TEXTS[1])],
        "world_choice": [labelling.Choice(id="1", prompt=TEXTS[0], choices=TEXTS[1:])],
        "world_topic": [labelling.Classification(id=text, text=text) for text in TEXTS],
    }[task]
    (own, _) = labelling.label(use, examples)
    theirs = list(map(json.loads, done.stdout.splitlines()))
    assert [each["answer"] for each in theirs] == [each.value for each in own]
    assert [each["confidence"] for each in theirs] == pytest.approx([each.confidence for each in own], abs=1e-4)


def test_the_card_has_the_scores_with_intervals(
    made: object, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its table and in the metadata, as the hub's own reader takes it. Without a token --push says what would go up.

    A folder that is not empty is refused.
    """
    from huggingface_hub import ModelCard

    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "none"))
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "none"))
    store, runs = made  # type: ignore[misc]
    out = tmp_path / "out"
    push = ("--push", "me/topics")
    told = said("export", runs["world_nli", "first"].run_id, str(out), *push, "--store", str(store), capsys=capsys)
    assert re.search(r"^model.safetensors +\d", told, re.MULTILINE)
    assert "Nothing was uploaded: no token" in told
    (first, *_) = ModelCard.load(out / "README.md").data.eval_results
    assert (first.task_type, first.metric_type, first.dataset_split) == ("text-classification", "accuracy", "test")
    low, high = first.metric_args["interval"]
    assert 0 <= low <= first.metric_value <= high <= 1
    text = (out / "README.md").read_text()
    _, front, body = text.split("---\n", 2)
    values = {line.partition(": ")[0]: json.loads(line.partition(": ")[2]) for line in front.splitlines()}
    metric = values["model-index"][0]["results"][0]["metrics"][0]
    score = next(each for each in Store(store).scores(runs["world_nli", "first"].run_id) if each.metric == "accuracy")
    assert metric["value"] == pytest.approx(score.value, abs=1e-4)
    assert "95% interval" in metric["name"]
    assert "AutoModelForSequenceClassification" in body
    assert main(["export", runs["world_nli", "first"].run_id, str(out), "--store", str(store)]) == 2
