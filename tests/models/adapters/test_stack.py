"""models/adapters: MAD-X's forward pass against values worked by hand, sizes, and what is refused."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
import transformers
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

from isogloss.core.errors import SpecError
from isogloss.core.parts import Bottleneck
from isogloss.core.phase import Phase
from isogloss.core.spec import Published
from isogloss.models.adapters import madx
from isogloss.models.adapters.bottleneck import DownUp
from isogloss.models.adapters.invertible import Invertible
from isogloss.models.adapters.origin import Base
from isogloss.models.adapters.stack import Adapter, Stack, attach
from isogloss.models.encoder import load
from isogloss.models.features import Batch
from isogloss.models.heads.text import TextHead
from isogloss.models.open import load as opened


def filled(bottleneck: DownUp, down: list[list[float]], up: list[list[float]]) -> None:
    """Weights as they stand in the example, biases zero."""
    with torch.no_grad():
        bottleneck.down.weight.copy_(torch.tensor(down))
        bottleneck.up.weight.copy_(torch.tensor(up))


def stirred(module: torch.nn.Module, seed: int = 0) -> None:
    """Weights that are not those it begins with."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(std=0.3)


def test_a_tasks_adapter_stands_on_the_languages() -> None:
    """By hand, h = (1, 2), r = (3, 5). Language: D h = 1·1 − 1·2 = −1 → 0, and 1·1 + 1·2 = 3; U = (3·2, 3·1) = (6, 3);
    LA = (9, 8). Task: D LA = 9 − 8 = 1; U = (0.5, −1); TA = U + r = (3.5, 4)."""
    stack = Stack()
    language, task = Adapter(1, 2, 2), Adapter(1, 2, 1)
    stack.languages["de"] = language
    filled(cast(DownUp, language.layers[0]), [[1, -1], [1, 1]], [[7, 2], [7, 1]])
    filled(cast(DownUp, task.layers[0]), [[1, -1]], [[0.5], [-1]])
    stack.speak("de")
    h, r = torch.tensor([[[1.0, 2.0]]]), torch.tensor([[[3.0, 5.0]]])
    below = stack.adapted(0, h, r)
    assert below is not None
    assert below.tolist() == [[[9.0, 8.0]]]
    stack.tasks.append(task)
    both = stack.adapted(0, h, r)
    assert both is not None
    assert both.tolist() == [[[3.5, 4.0]]]


def test_an_invertible_adapter_goes_there_and_back() -> None:
    """By hand, e = (1, 2 | 3, 4), of which F sees the second half and G the new first: F = 3 · (1, 0), o1 = (4, 2);
    G = 4 · (0, 2), o2 = (3, 12). The way back gives e."""
    coupling = Invertible(4)
    filled(coupling.f, [[1, 0]], [[1], [0]])
    filled(coupling.g, [[1, 0]], [[0], [2]])
    there = coupling(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    assert there.tolist() == [4.0, 2.0, 3.0, 12.0]
    assert coupling.back(there).tolist() == [1.0, 2.0, 3.0, 4.0]
    odd = Invertible(7)
    stirred(odd)
    states = torch.randn(5, 7)
    assert torch.allclose(odd.back(odd(states)), states, atol=1e-5)
    assert not torch.allclose(odd(states), states)


def test_a_layer_of_bert_with_adapters_is_the_papers_formula() -> None:
    """LayerNorm(U ReLU(D h) + r + x) with h = LayerNorm(r + x), written out in NumPy for the last layer."""
    torch.manual_seed(1)
    config = BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12)
    model = BertModel(config, add_pooling_layer=False).eval()
    ids = torch.tensor([[3, 5, 7]])
    end = model.encoder.layer[1].output
    seen: dict[str, np.ndarray] = {}
    end.register_forward_pre_hook(lambda _module, given: seen.update(hidden=given[0].numpy(), around=given[1].numpy()))
    stack = attach(model)
    with torch.inference_mode():
        bare = model(input_ids=ids).last_hidden_state
        stack.languages["en"] = Adapter(2, 8, 4)
        stack.speak("en")
        assert torch.equal(model(input_ids=ids).last_hidden_state, bare)  # they begin as no change at all
        stirred(stack)
        found = model(input_ids=ids).last_hidden_state.numpy()
    weights = {name: value.detach().numpy() for name, value in (*end.named_parameters(), *stack.named_parameters())}

    def norm(states: np.ndarray) -> np.ndarray:
        spread = np.sqrt(states.var(-1, keepdims=True) + config.layer_norm_eps)
        scaled = (states - states.mean(-1, keepdims=True)) / spread
        return np.asarray(scaled * weights["LayerNorm.weight"] + weights["LayerNorm.bias"])

    residual = seen["hidden"] @ weights["dense.weight"].T + weights["dense.bias"]
    at = "languages.en.layers.1"
    down = norm(residual + seen["around"]) @ weights[f"{at}.down.weight"].T + weights[f"{at}.down.bias"]
    up = np.maximum(down, 0) @ weights[f"{at}.up.weight"].T + weights[f"{at}.up.bias"]
    assert np.allclose(found, norm(up + residual + seen["around"]), atol=1e-5)


def test_a_language_without_an_adapter_is_read_with_the_tasks_own(xlmr: Path) -> None:
    """Each language is read with its adapter; another with the one that the task was trained on."""
    encoder = load(xlmr)
    stack = encoder.adapters = attach(encoder.model)
    for place, code in enumerate(("en", "de")):
        stack.languages[code] = Adapter(encoder.layers, encoder.width, 4, entry=encoder.width)
        stirred(stack.languages[code], place)
    stack.home = "en"
    assert encoder.many_tongued
    assert encoder.tongues == ("de", "en")

    def states(code: str) -> torch.Tensor:
        encoder.speak(code)
        with torch.inference_mode():
            return encoder.states(torch.tensor([[0, 9, 12, 2]]), None, None)

    encoder.model.eval()
    assert not torch.equal(states("de"), states("en"))
    assert torch.equal(states("yo"), states("en"))


def test_adapters_of_e5_small_are_under_a_fiftieth_of_it() -> None:
    """12 layers of width 384 below 117.5 million weights (its packed file's sizes): a language's adapter of width 192
    with its invertible one, and a task's of width 24."""

    def size(adapter: Adapter) -> int:
        return sum(each.numel() for each in adapter.parameters())

    language, task = Adapter(12, 384, 192, entry=384), Adapter(12, 384, 24)
    assert size(language) == 12 * (2 * 384 * 192 + 192 + 384) + 2 * (2 * 192 * 96 + 96 + 192)
    assert size(task) < size(language) < 0.02 * 117.5e6


def test_a_family_without_a_place_for_them_is_named() -> None:
    """DistilBERT's layers end otherwise."""
    small = DistilBertModel(DistilBertConfig(vocab_size=20, dim=8, n_layers=1, n_heads=2, hidden_dim=12))
    with pytest.raises(SpecError, match="no place in DistilBertModel"):
        attach(small)


FRAME = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
NARROW: dict[str, dict[str, int]] = {
    "Electra": {"embedding_size": 12}, "RoFormer": {"embedding_size": 12},
    "ConvBert": {"embedding_size": 12, "pad_token_id": 0},
    "RemBert": {"input_embedding_size": 12, "output_embedding_size": 12},
}  # fmt: skip


@pytest.mark.parametrize("family", NARROW)
def test_an_invertible_adapter_is_as_wide_as_the_embeddings(family: str, tmp_path: Path) -> None:
    """In families that widen them after: read, trained on masked text there and back, saved and loaded to the bit."""
    words = {name: place for place, name in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "bees", "snow"])}
    (tmp_path / "vocab.txt").write_text("".join(f"{word}\n" for word in words), "utf-8")
    torch.manual_seed(0)
    config = getattr(transformers, f"{family}Config")(vocab_size=len(words), **FRAME, **NARROW[family])
    getattr(transformers, f"{family}Model")(config).save_pretrained(tmp_path / "published")
    transformers.BertTokenizerFast(vocab=words).save_pretrained(tmp_path / "published")
    encoder = load(tmp_path / "published")
    adapters = Bottleneck(width=4, per_language=True, invertible=True)
    names = madx.begin(encoder, adapters, ["de"], "de")
    head = TextHead((), encoder, Phase(stage="intermediate", tasks=("wiki",), steps=1))
    stack = cast(Stack, encoder.adapters)
    stirred(stack)
    outer = cast(Adapter, stack.language).outer
    assert outer is not None
    embedded = torch.randn(3, 12)
    assert torch.allclose(outer.back(outer(embedded)), embedded, atol=1e-4)
    ids = torch.tensor([[2, 5, 6, 5, 6, 3]])
    head.picked = ids > 4
    loss, count = head.loss(encoder.states(ids, None, None), Batch(ids, None, None, ()))
    loss.backward()  # type: ignore[no-untyped-call]
    assert count == 4
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in outer.parameters())
    base = Base.published(Published(name=str(tmp_path / "published")))
    madx.save(encoder, tmp_path / "run", adapters, names, base)
    encoder.model.eval()
    again = opened(tmp_path / "run")
    again.model.eval()
    with torch.inference_mode():
        assert torch.equal(again.states(ids, None, None), encoder.states(ids, None, None))
