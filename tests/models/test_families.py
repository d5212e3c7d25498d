"""Families of published encoders, saved as their authors' classes save them: loaded, trained, tested and saved."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer

from families import BERT_IDS, FAMILIES, SMALL, TEXT, batch_of, make, wordpiece
from isogloss.core.errors import ModelError, SpecError
from isogloss.core.examples import Text
from isogloss.core.folder import load as task_of
from isogloss.core.parts import Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Published
from isogloss.models import rows, vocabulary
from isogloss.models.encoder import load, load_subwords, quiet, save
from isogloss.models.features import Feature, collate
from isogloss.models.heads import head_for, limit_of
from isogloss.models.memory import shape_of
from isogloss.models.open import load as opened
from isogloss.training.optimizer import freeze, optimizers


@pytest.fixture(params=list(FAMILIES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(name: str, tmp_path: Path) -> Path:
    make(name, tmp_path / "published")
    return tmp_path / "published"


@pytest.mark.parametrize("head", [True, False], ids=["with its head", "bare"])
def test_every_family_gives_the_states_of_its_own_class(name: str, head: bool, tmp_path: Path) -> None:
    """A padded batch of pairs, framed as the family's tokenizer frames it, has transformers' own states."""
    make(name, tmp_path, head=head)
    encoder = load(tmp_path)
    encoder.model.eval()
    _, batch = batch_of(encoder)
    with quiet():
        plain = AutoModel.from_pretrained(tmp_path, attn_implementation="eager").eval()
    if name == "xmod":
        plain.set_default_language("en_XX")
    tokens = encoder.subwords.tokenizer(
        ["the bees left", "snow"], ["snow lay on the quay", "bees"], return_tensors="pt", padding=True,
        return_token_type_ids=True,
    )  # fmt: skip
    assert tokens["input_ids"].tolist() == batch.ids.tolist()
    takes = {"token_type_ids": tokens["token_type_ids"]} if getattr(plain.config, "type_vocab_size", 0) > 1 else {}
    with torch.inference_mode():
        expected = plain(tokens["input_ids"], attention_mask=tokens["attention_mask"], **takes).last_hidden_state
        ours = encoder.states(batch.ids, batch.mask, batch.segments)
    real = tokens["attention_mask"].bool()
    torch.testing.assert_close(ours[real], expected[real], rtol=1e-4, atol=1e-5)


def test_the_lower_layers_of_every_family_are_those_of_a_whole_pass(folder: Path) -> None:
    """Bit for bit, whichever layer is the deepest that is asked for."""
    encoder = load(folder)
    encoder.model.eval()
    _, batch = batch_of(encoder)
    with torch.inference_mode():
        whole = encoder.model(batch.ids, attention_mask=batch.mask, output_hidden_states=True).hidden_states
        for deepest in range(encoder.layers + 1):
            part = encoder.all_states(batch.ids, batch.mask, None, deepest)
            assert len(part) == deepest + 1
            for ours, expected in zip(part, whole, strict=False):
                assert torch.equal(ours, expected)


def test_every_family_takes_its_longest_row_and_says_so(name: str, folder: Path) -> None:
    """The limit is that of the published configuration, and a row of that length has states."""
    encoder = load(folder)
    encoder.model.eval()
    assert limit_of(encoder) == FAMILIES[name][2]
    row = torch.full((1, min(limit_of(encoder), 64)), 7)
    with torch.inference_mode():
        assert encoder.states(row, None, None).isfinite().all()


def test_every_family_trains_on_a_task_and_on_masked_text(folder: Path) -> None:
    """A step of either gives finite gradients to the table of sub-word vectors, whatever the table's size and width."""
    encoder = load(folder)
    head, batch = batch_of(encoder)
    head.loss(encoder.states(batch.ids, batch.mask, batch.segments), batch)[0].backward()
    table = encoder.word_embeddings().weight
    assert table.grad is not None
    assert table.grad.isfinite().all()
    phase = Phase(stage="pretrain", tasks=("ntrex",), epochs=1, objective={"mask": 0.5, "random": 1.0, "keep": 0.0})
    text = head_for(task_of("tasks", "ntrex"), (), encoder, phase)
    rows = text.encode([Text(id=str(n), text=line) for n, line in enumerate(TEXT)], encoder.subwords, labelled=True)
    batch = collate(rows, encoder.subwords.pad, encoder.model.device)
    torch.manual_seed(1)
    seen = text.corrupt(batch)
    assert int(seen.ids.max()) < len(encoder.subwords)  # spare rows of the table are no noise
    loss, count = text.loss(encoder.states(seen.ids, seen.mask, seen.segments), batch)
    loss.backward()
    assert count > 0
    assert table.grad.isfinite().all()


@pytest.mark.parametrize("trimmed", [False, True], ids=["whole", "trimmed"])
@pytest.mark.parametrize("count", [1, 2])
def test_every_family_keeps_its_lowest_layers_and_all_before_them(count: int, trimmed: bool, folder: Path) -> None:
    """After a step they are what they were, to the bit, and all above them has moved: every layer's part has the number
    of its layer in its name, whatever else the family calls it."""
    encoder = load(folder)
    head, batch = batch_of(encoder)
    if trimmed:
        vocabulary.trim(encoder, [Feature(0, tuple(batch.ids.numpy()), (0, 0))])
    before = {key: weight.detach().clone() for key, weight in encoder.model.named_parameters()}
    above = set()
    for key in before:
        number = next((int(part) for part in key.split(".") if part.isdecimal()), -1)
        if number >= count or (key.startswith("final_norm.") and count < encoder.layers):
            above.add(key)
    phase = Phase(stage="target", tasks=("xnli",), epochs=1, freeze=count)
    (optimizer,) = optimizers(encoder, [head], phase)
    head.loss(encoder.states(batch.ids, batch.mask, batch.segments), batch)[0].backward()
    optimizer.step()
    moved = {key for key, weight in encoder.model.named_parameters() if not torch.equal(weight, before[key])}
    unasked = {
        key for key in above if key.split(".")[-2][1:] in ("2e_query", "2w_query") or "de_DE" in key
    }  # LUKE's entities, X-MOD's other language
    assert moved == above - unasked
    assert bool(above) == (count < encoder.layers)


def test_muon_takes_the_matrices_of_every_family_and_none_of_its_tables(folder: Path) -> None:
    """Tables of vectors, of words, positions or distances, are left to AdamW, whatever a family calls them."""
    encoder = load(folder)
    phase = Phase(stage="target", tasks=("xnli",), epochs=1, optimizer=Optimizer(name="muon"))
    _, muon = optimizers(encoder, [], phase)
    taken = {id(weight) for group in muon.param_groups for weight in group["params"]}
    tables = {id(each.weight) for each in encoder.model.modules() if isinstance(each, torch.nn.Embedding)}
    assert len(taken) >= 2 * encoder.layers
    assert not taken & tables


def test_layers_that_share_their_weights_are_not_frozen_apart(tmp_path: Path) -> None:
    """ALBERT has one layer for all: freezing some of them would freeze the others, or none. All of them can be."""
    words = wordpiece()
    settings = {"embedding_size": 16, "max_position_embeddings": 40, "vocab_size": len(words), **BERT_IDS, **SMALL}
    with quiet():
        transformers.AlbertModel(transformers.AlbertConfig(**settings)).save_pretrained(tmp_path)
        words.save_pretrained(tmp_path)
    encoder = load(tmp_path)
    phase = Phase(stage="target", tasks=("xnli",), epochs=1, freeze=1)
    with pytest.raises(SpecError, match=r"freeze=1, and the layers of this albert encoder cannot be told apart.*or 2"):
        freeze(encoder, phase)
    assert all(weight.requires_grad for weight in encoder.model.parameters())
    freeze(encoder, dataclasses.replace(phase, freeze=2))
    assert not any(weight.requires_grad for weight in encoder.model.parameters())


def test_every_family_is_saved_as_it_was_loaded(folder: Path, tmp_path: Path) -> None:
    """Saved and loaded again it gives the same states, in isogloss and in plain transformers."""
    encoder = load(folder)
    save(encoder, tmp_path / "saved")
    again = load(tmp_path / "saved")
    _, batch = batch_of(encoder)
    with torch.inference_mode():
        states = [one.states(batch.ids, batch.mask, batch.segments) for one in (encoder, again)
                  if one.model.eval() is not None]  # fmt: skip
    assert torch.equal(*states)
    with quiet():
        AutoModel.from_pretrained(tmp_path / "saved")


def test_a_plan_reads_every_familys_shape(name: str, folder: Path) -> None:
    """Width and layers come from each family's own names in config.json."""
    shape = shape_of(Published(name=str(folder)))
    assert shape is not None
    assert (shape.width, shape.layers, shape.heads) == (32, 2, 2)
    assert shape.hidden == (128 if name == "xlm" else 48)


def test_a_layer_too_many_is_refused_and_a_head_is_not(tmp_path: Path) -> None:
    """What lies inside the base model is the model's own; a checkpoint of three layers is not one of two."""
    make("distilbert", tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "n_layers": 1}))
    with pytest.raises(ModelError, match="does not describe"):
        load(tmp_path)


def test_weights_that_are_not_numbers_are_refused_by_name(tmp_path: Path) -> None:
    """One NaN in one weight is said before anything is trained."""
    make("mpnet", tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    key = next(key for key in weights if key.endswith("attention.attn.q.weight"))
    weights[key][3, 3] = float("nan")
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=r"attn\.q\.weight are not all numbers"):
        load(tmp_path)


def test_a_folder_without_a_tokenizer_is_refused_for_every_family(folder: Path) -> None:
    """transformers makes one of some special tokens up, which reads every word as unknown. A tokenizer_config.json is
    none, and neither is a vocab.json without the merges that go with it."""
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.json").write_text("{}")
    told = rf"{folder}: it has no tokenizer \(tokenizer\.json, .* or \*\.spm\); .*save_pretrained\('{folder}'\)\.$"
    for about in ("with a tokenizer_config.json", "without"):
        if about == "without":
            (folder / "tokenizer_config.json").unlink()
        for reader in (load, load_subwords):
            with pytest.raises(ModelError, match=told):
                reader(folder)


@pytest.mark.parametrize("family", ["distilbert", "electra", "xmod"])
def test_a_tokenizer_of_special_tokens_alone_is_refused(family: str, tmp_path: Path) -> None:
    """What transformers makes up where there is no vocabulary, saved: its ids fit the model's table and padding."""
    make(family, tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).unlink()
    with quiet():
        AutoTokenizer.from_pretrained(tmp_path).save_pretrained(tmp_path)
    for reader in (load, load_subwords):
        with pytest.raises(ModelError, match=f"{tmp_path}: its tokenizer has special tokens alone .* as unknown; give"):
            reader(tmp_path)


def test_a_vocabulary_in_bert_s_own_file_is_read(tmp_path: Path) -> None:
    """vocab.txt, one piece a line, without a tokenizer.json: as BERT's authors publish it."""
    make("distilbert", tmp_path)
    pieces = load(tmp_path).subwords.backend.get_vocab()
    (tmp_path / "tokenizer.json").unlink()
    (tmp_path / "tokenizer_config.json").unlink()
    (tmp_path / "vocab.txt").write_text("\n".join(sorted(pieces, key=pieces.__getitem__)), "utf-8")
    for subwords in (load(tmp_path).subwords, load_subwords(tmp_path)):
        assert subwords.backend.get_vocab() == pieces


def test_every_family_is_saved_without_the_rows_it_shares_with_the_published_one(folder: Path, tmp_path: Path) -> None:
    """Whatever the table, and the model around it, are called in the published file: it comes back to the bit."""
    encoder = load(folder)
    with torch.no_grad():
        for key, weight in encoder.model.named_parameters():
            if "embed" not in key:
                weight.add_(0.25)
        encoder.word_embeddings().weight[7] *= 2
    rows.save(encoder, tmp_path / "run", start=Published(name=str(folder)))
    assert len(load_file(tmp_path / "run" / rows.ROWS)["ids"]) == 1
    again = opened(tmp_path / "run").model.state_dict()
    assert all(torch.equal(value, again[key]) for key, value in encoder.model.state_dict().items())
