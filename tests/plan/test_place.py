"""An encoder's folder is known by its files: moved, or named another way, it is the same encoder."""

import json
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from families import BERT_IDS, FAMILIES, SMALL, made
from isogloss.cli import main
from isogloss.core.errors import ModelError
from isogloss.core.spec import Published, RunSpec, Study, plain
from isogloss.models import hub
from isogloss.models.files import BASE, fingerprint
from isogloss.models.place import here, known, place
from isogloss.plan.job import Plan
from isogloss.plan.plan import plan
from isogloss.plan.saved import claimed
from isogloss.run import runners
from isogloss.store.layout import Weights
from isogloss.store.store import Store

RECIPE = """
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, Published, RunSpec, Study

def grid(encoder: str = "", name: str = "moved") -> Study:
    target = Phase(stage="target", tasks=("world_nli",), steps=2, batch=4, limit=20)
    run = RunSpec(encoder=Published(name=encoder)).then(target)
    return Study(name=name, title="Moved", runs=(run,), evaluations=(
        Evaluation(run=run, task="world_nli", languages=("en", "x3"), limit=8),))
"""

HERE = ("--workers", "1", "--quiet")
"""Jobs are done by this process, which has imported what they need."""


@pytest.fixture
def folder(xlmr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder with a recipe, an encoder, and nothing else; work goes on from inside it."""
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "moved.py").write_text(RECIPE)
    shutil.copytree(xlmr, tmp_path / "user" / "encoder")
    monkeypatch.chdir(tmp_path / "user")
    return tmp_path / "user"


def jobs(encoder: str, store: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, bool]:
    """What `isogloss plan` says: job → whether it is done."""
    recipe = next(store.parent.rglob("moved.py"))
    capsys.readouterr()
    assert main(["plan", str(recipe), "--encoder", encoder, "--store", str(store), "--json", *more]) == 0
    return {job["id"]: job["cached"] for job in json.loads(capsys.readouterr().out)["jobs"]}


@pytest.mark.parametrize(("name", "question"), [("e5-smal", "Did you mean 'e5-small'?"), ("xlm-roberta-base", "")])
def test_a_plan_asks_after_a_slip_of_a_packaged_encoders_name(
    folder: Path, name: str, question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is planned as a hub's, which may be asked later; of a hub's own name, that it is yet to be fetched."""
    assert main(["plan", "moved.py", "--encoder", name, "--store", str(folder / "store"), "--json"]) == 0
    remarks = json.loads(capsys.readouterr().out)["remarks"]
    assert [each for each in remarks if "hub" in each] == (
        [f"'{name}' is taken for a hub's name, and no such model is in its cache on this disk. {question}"]
        if question else
        [f"'{name}' is not in the hub's cache on this disk: `run` fetches it from the hub first (1,112 MB)."]
    )  # fmt: skip


def test_a_hub_that_cannot_be_reached_is_said_before_the_first_job(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No baseline is made in vain, and no attempt is repeated."""
    monkeypatch.setattr(hub, "reachable", lambda: False)
    monkeypatch.setattr(runners, "choose", lambda *_, **__: pytest.fail("a job was about to begin"))
    assert main(["run", "moved.py", "--encoder", "nosuch/thing", "--store", str(folder / "store"), *HERE]) != 0
    assert "nosuch/thing: neither a folder nor in the hub's cache" in capsys.readouterr().err


@pytest.mark.parametrize("harm", ["no config", "config", "head", "short", "long"])
def test_a_plan_refuses_a_folder_that_can_never_be_opened(
    folder: Path, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its file, without reading weights."""
    weights, config = folder / "encoder" / "model.safetensors", folder / "encoder" / "config.json"
    whole = weights.read_bytes()
    match harm:
        case "no config":
            config.unlink()
        case "config":
            config.write_text("{", "utf-8")
        case "head":
            weights.write_bytes(b"<!DOCTYPE html>")
        case "short":
            weights.write_bytes(whole[:-100])
        case _:
            weights.write_bytes(whole + b"more")
    assert main(["plan", "moved.py", "--encoder", "encoder", "--store", str(folder / "store")]) != 0
    said = capsys.readouterr().err
    assert (config.name if "config" in harm else str(weights)) in said


@pytest.mark.parametrize("key", ["num_hidden_layers", "hidden_size", "vocab_size"])
def test_a_plan_refuses_weights_that_the_configuration_does_not_describe(
    folder: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It loads nothing; the weights' file begins with the shapes of all that is in it."""
    config = folder / "encoder" / "config.json"
    told = json.loads(config.read_text("utf-8"))
    config.write_text(json.dumps({**told, key: 2 * told[key]}), "utf-8")
    assert main(["plan", "moved.py", "--encoder", "encoder", "--store", str(folder / "store")]) != 0
    said = " ".join(capsys.readouterr().err.split())
    assert f"config.json: it says {'a width of ' if key == 'hidden_size' else ''}{2 * told[key]:,}" in said


@pytest.mark.parametrize("precision", ["bfloat16", "auto"])
def test_a_plan_refuses_a_precision_that_the_encoder_does_not_compute(
    folder: Path, precision: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """DeBERTa's first version overflows in bfloat16: asked for by name it is refused, in the words of the training.
    The encoder that does compute in it is planned."""
    monkeypatch.setattr("isogloss.models.device.computes_half", lambda _: True)
    given = ["--store", str(folder / "store"), "--precision", precision]
    assert main(["plan", "moved.py", "--encoder", "encoder", *given]) == 0
    made("DebertaConfig", {"max_position_embeddings": 40, **BERT_IDS, **SMALL}, folder / "deberta")
    capsys.readouterr()
    assert (main(["plan", "moved.py", "--encoder", "deberta", *given]) != 0) is (precision == "bfloat16")
    said = " ".join(capsys.readouterr().err.split())
    refused = "bfloat16 was asked for, and DebertaModel does not compute in it (value cannot be converted"
    assert (refused in said) is (precision == "bfloat16")


@pytest.mark.parametrize(("kind", "why"), [
    ("BertConfig", ""),
    ("EuroBertConfig", "its output layer has a matrix of its own"),
    ("XLMConfig", ""),
])  # fmt: skip
def test_a_plan_says_that_text_beside_a_task_begins_with_a_fresh_head(
    folder: Path, kind: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the encoder's own cannot be taken over, and why; nothing where it is, nor of runs without such text."""
    beside = RECIPE.replace("limit=20)", 'limit=20, mlm=MLM(tasks=("world_text",), share=0.5))')
    beside = beside.replace("from isogloss.core.phase", "from isogloss.core.parts import MLM\nfrom isogloss.core.phase")
    settings = FAMILIES["xlm"][1] if kind == "XLMConfig" else {"max_position_embeddings": 40, **BERT_IDS, **SMALL}
    made(kind, settings, folder / "own")
    (folder / "beside.py").write_text(beside)
    for recipe in ("moved.py", "beside.py"):
        capsys.readouterr()
        assert main(["plan", recipe, "--encoder", "own", "--store", str(folder / "store"), "--json"]) == 0
        told = [each for each in json.loads(capsys.readouterr().out)["remarks"] if "language-model head" in each]
        assert len(told) == (1 if why and recipe == "beside.py" else 0)
        assert all(why in each for each in told)


def test_a_folder_by_any_of_its_names_is_one_encoder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run by a relative name; then its folder is moved and renamed, work goes on elsewhere, and nothing is to be done;
    the run is tested, scored and trained again from where the encoder lies now."""
    store = folder / "store"
    assert main(["run", "moved.py", "--encoder", "encoder", "--store", str(store), *HERE]) == 0
    names = ("encoder", "./encoder", "encoder/", str(folder / "encoder"), "../user/encoder")
    assert all(all(jobs(name, store, capsys).values()) for name in names)
    ids = {tuple(jobs(name, store, capsys)) for name in names}
    assert len(ids) == 1
    (folder / "encoder").rename(folder.parent / "elsewhere")
    monkeypatch.chdir("/")
    assert jobs(str(folder.parent / "elsewhere"), store, capsys) == dict.fromkeys(ids.pop(), True)
    again = ["run", str(folder / "moved.py"), "--encoder", str(folder.parent / "elsewhere"), "--store", str(store)]
    assert main([*again, *HERE]) == 0
    (run,) = (run for run in Store(store).runs() if Store(store).spec(run).phases)
    assert main(["rerun", run, "--store", str(store), "--check", "--recipe", str(folder / "moved.py")]) == 0
    (start,) = (run for run in Store(store).runs() if not Store(store).spec(run).phases)
    pairs = folder / "pairs.tsv"
    lines = [(f"bees number {n}", f"Bienen Nummer {n}") for n in range(9)]
    pairs.write_text("".join(f"{one}\t{two}\n" for one, two in lines), "utf-8")
    assert main(["semdiv", str(pairs), "--encoder", start, "--store", str(store), "--json"]) == 0


@pytest.mark.parametrize("told", [True, False], ids=["told", "not told"])
def test_every_verb_opens_a_run_whose_encoder_has_moved(
    folder: Path, told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run keeps what it changed of the encoder. Once a study was given the new folder, every verb finds it there;
    until then each says which command makes it known."""
    store, elsewhere = folder / "store", folder.parent / "elsewhere"
    given = ["moved.py", "--store", str(store), *HERE, "--encoder"]
    assert main(["run", *given, "encoder"]) == 0
    (run,) = (run for run in Store(store).runs() if Store(store).spec(run).phases)
    assert (Weights(store / "runs" / run).encoder / BASE).is_file()
    (folder / "encoder").rename(elsewhere)
    if told:
        assert main(["run", *given, str(elsewhere)]) == 0
    texts = folder / "in.tsv"
    texts.write_text("".join(f"bees number {n}\tBienen Nummer {n}\n" for n in range(9)), "utf-8")
    capsys.readouterr()
    verbs = (
        ("predict", run, texts), ("export", run, folder / "exported"), ("measure", "moved", "--measures", "frechet"),
        ("semdiv", "moved"), ("semdiv", texts, "--encoder", run), ("doctor", "world_nli", "--encoder", run),
    )  # fmt: skip
    for verb in verbs:
        ended = main([*map(str, verb), "--store", str(store)])
        said = " ".join(capsys.readouterr().err.split())
        assert (ended == 0) is told, (verb, said)
        assert told or "give their `isogloss run` command once more with --encoder" in said, verb


def test_ids_of_a_study_that_hashed_the_folders_name_stay(folder: Path) -> None:
    """A study saved before, with a name: the same files are that encoder under that name, wherever they lie."""
    store = Store(folder / "store")

    def planned(name: str, study: str) -> Plan:
        spec = RunSpec(encoder=Published(name=name))
        made = Study(name=study, title="", runs=(spec,))
        return claimed(lambda: plan(made, store, folder, lambda name: pytest.fail(name)), store)

    new = planned("encoder", "new").jobs[0]
    saved = store.study("new")
    old = RunSpec(encoder=Published(name="./encoder", fingerprint=fingerprint(folder / "encoder")))
    assert old.run_id != new.id
    store.save_study("old", saved.plain() | {"name": "old", "runs": [{"id": old.run_id, "spec": plain(old)}]})
    (folder / "encoder").rename(folder / "later")
    again = planned(str(folder / "later"), "old").jobs[0]
    assert again.id == old.run_id
    assert again.run is not None
    assert place(again.run.encoder) == str(folder / "later")  # type: ignore[arg-type]
    assert place(here(old, store).encoder) == str(folder / "later")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["./gone", "/no/such/place", "~/gone", "a/b/c", "gone/"])
def test_a_plan_refuses_a_folder_that_is_not_there(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is planned, with status 2 and the name."""
    assert main(["plan", "moved.py", "--encoder", name, "--store", str(folder / "store")]) != 0
    assert f"{name}: no such folder" in capsys.readouterr().err


@pytest.mark.parametrize("harm", ["nan", "cut", "tokenizer"])
def test_an_encoder_that_cannot_be_used_is_refused_before_anything_is_trained(
    folder: Path, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By name; no run is left behind, not even the encoder as it is."""
    weights = folder / "encoder" / "model.safetensors"
    if harm == "nan":
        state = load_file(weights)
        next(value for key, value in state.items() if key.endswith("layer.1.output.dense.weight"))[0, 0] = float("nan")
        save_file(state, weights, {"format": "pt"})
    elif harm == "cut":
        weights.write_bytes(weights.read_bytes()[:-100])
    else:
        told = json.loads((folder / "encoder" / "tokenizer.json").read_text("utf-8"))
        told["model"]["vocab"] += [[f"▁word{n}", -9.0] for n in range(50)]
        (folder / "encoder" / "tokenizer.json").write_text(json.dumps(told), "utf-8")
    store = folder / "store"
    assert main(["run", "moved.py", "--encoder", "encoder", "--store", str(store), *HERE]) != 0
    assert str(folder / "encoder") in capsys.readouterr().err
    assert Store(store).runs() == []


def test_a_folder_that_changes_after_the_plan_is_refused(folder: Path) -> None:
    """What was planned is trained, or nothing."""
    with pytest.raises(ModelError, match="it holds another encoder than when the study was planned"):
        place(Published(name="", fingerprint="0123456789ab", folder=str(folder / "encoder")))


def test_a_packaged_encoder_that_a_study_knew_as_a_folder_keeps_its_place(tmp_path: Path) -> None:
    """Its id stays that of the folder, which has no name; where it lies is then told by its folder."""
    asked = Published(name="minilm", fingerprint="0123456789ab", folder=str(tmp_path))
    as_folder = known(asked, [Published(name="", fingerprint="0123456789ab")])
    assert (as_folder.name, as_folder.folder) == ("", str(tmp_path))
    by_name = known(asked, [])
    assert (by_name.name, by_name.folder) == ("minilm", "")
    with pytest.raises(ModelError, match="whose files have the hash 0123456789ab is not known here"):
        place(Published(name="", fingerprint="0123456789ab"))


def test_a_hubs_encoder_is_done_when_it_is_on_this_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The record of a run that is an encoder as it is says nothing of a cache that was cleared since."""
    spec = RunSpec(encoder=Published(name="owner/name"))
    store = folder / "store"
    Store(store).begin(spec)
    Store(store).finish(spec, {"steps": 0})
    assert not jobs("owner/name", store, capsys)[spec.run_id]
    monkeypatch.setattr(hub, "cached", lambda *_: folder / "config.json")
    assert jobs("owner/name", store, capsys)[spec.run_id]
