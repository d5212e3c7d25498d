"""models/heads: how each type reads its examples and decodes its answers."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import torch

from isogloss.core.errors import ModelError, SpecError, UnknownName
from isogloss.core.examples import Choice, Classification, Span, Tagging, Text
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture
from isogloss.core.task import Source, Task
from isogloss.models.encoder import Encoder, build
from isogloss.models.features import Batch, Feature, collate
from isogloss.models.heads import Head, head_for
from isogloss.models.heads.span import HEAD as SPAN
from isogloss.models.heads.text import HEAD as TEXT
from isogloss.models.tokenizer import Subwords, train

WORDS = [f"w{index}" for index in range(40)]
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    torch.manual_seed(0)
    subwords = Subwords(train([" ".join(WORDS)] * 3, kind="words", vocabulary=60, positions=64))
    return build(Architecture(width=16, layers=1, heads=2, hidden=16, positions=64), subwords)


def head(encoder: Encoder, kind: str, labels: tuple[str, ...] = (), **settings: object) -> Head:
    source = Source(folder="", licence="", cite="", generated="x")
    task = Task(name="t", type=kind, title="", languages=("en",), read=lambda *_: [], source=source, labels=labels)
    phase = Phase(stage="target", tasks=("t",), steps=1, **settings)  # type: ignore[arg-type]
    return head_for(task, labels, encoder, phase).eval()


def batch_of(made: Head, encoder: Encoder, examples: list[object], *, labelled: bool) -> Batch:
    features = made.encode(examples, encoder.subwords, labelled=labelled)  # type: ignore[arg-type]
    return collate(features, encoder.subwords.pad, CPU)


def test_a_pair_keeps_both_texts_when_it_is_cut(encoder: Encoder) -> None:
    """The longer text loses words first, so that a hypothesis is not crowded out by its premise."""
    made = head(encoder, "classification", ("no", "yes"), length=16)
    example = Classification(id="1", text=" ".join(WORDS[:30]), text_pair="w1 w2 w3", label="yes")
    (feature,) = made.encode([example], encoder.subwords, labelled=True)
    tokens = encoder.subwords.tokenizer.convert_ids_to_tokens(feature.rows[0])
    assert len(tokens) == 16
    assert tokens[-4:] == ["w1", "w2", "w3", "</s>"]
    assert feature.target == 1


def test_no_word_of_a_long_sentence_is_lost(encoder: Encoder) -> None:
    """A sentence longer than the encoder takes is split between words; joined, every word has one tag."""
    made = head(encoder, "tagging", ("A", "B"), length=16)
    tokens = tuple(WORDS * 2)
    example = Tagging(id="1", tokens=tokens, tags=("A",) * len(tokens))
    features = made.encode([example], encoder.subwords, labelled=True)
    rows = [feature.rows[0][feature.extra] for feature in features]
    assert encoder.subwords.tokenizer.convert_ids_to_tokens(np.concatenate(rows)) == list(tokens)
    assert max(feature.length for feature in features) <= 16
    batch = collate(features, encoder.subwords.pad, CPU)
    outputs = made.decode(encoder.states(batch.ids, batch.mask, batch.segments), batch)
    assert len(made.answer(example, list(zip(features, outputs, strict=True))).value) == len(tokens)


def test_a_tagger_may_read_a_word_as_its_first_sub_word_and_the_mean_of_all(encoder: Encoder) -> None:
    """With known states: the first half of its input is the first sub-word's, the second half the word's mean."""
    made = head(encoder, "tagging", ("A", "B"), reads="first+mean", hidden=8)
    inputs: list[torch.Tensor] = []
    made.hidden.register_forward_pre_hook(lambda _module, given: inputs.append(given[0]))  # type: ignore[union-attr]
    rows = [encoder.subwords.frame.wrap(np.array([5, 6, 7, 8]))[0], encoder.subwords.frame.wrap(np.array([9]))[0]]
    features = [Feature(0, (rows[0],), (0,), None, np.array([1, 4])), Feature(1, (rows[1],), (0,), None, np.array([1]))]
    batch = collate(features, encoder.subwords.pad, CPU)  # words of sizes 3 and 1, and a padded row with one of size 1
    states = batch.ids[:, :, None].float().expand(-1, -1, encoder.width)
    assert made(states, batch).shape == (3, 2)
    np.testing.assert_allclose(inputs[0][:, 0], [5, 8, 9])
    np.testing.assert_allclose(inputs[0][:, -1], [6, 8, 9])
    with pytest.raises(UnknownName, match="first, first"):
        head(encoder, "tagging", ("A", "B"), reads="last")


def test_windows_cover_every_word_of_a_long_context(encoder: Encoder) -> None:
    """Windows overlap by the stride, and each sub-word of the context lies in one of them."""
    made = head(encoder, "span", length=24, stride=6)
    words = WORDS * 2
    example = Span(
        id="1", context=" ".join(words), question="w0 w1", answers=("w7",), starts=(" ".join(words).index("w7"),)
    )
    features = made.encode([example], encoder.subwords, labelled=True)
    pieces = [feature.extra[1] for feature in features]
    assert {tuple(span) for piece in pieces for span in piece.tolist()} == {
        tuple(span) for span in encoder.subwords.ids_and_offsets([example.context])[0][1].tolist()
    }
    assert all(len({tuple(s) for s in a.tolist()} & {tuple(s) for s in b.tolist()}) >= 6 for a, b in pairwise(pieces))
    targets = [feature.target for feature in features]
    assert sum(target != (0, 0) for target in targets) >= 1
    for feature, target in zip(features, targets, strict=True):
        if target != (0, 0):
            begin = feature.extra[1][target[0] - feature.extra[0]][0]
            assert example.context[begin : begin + 2] == "w7"


def test_the_best_span_is_found_among_all_pairs(encoder: Encoder) -> None:
    """With one high start and one high end, the answer is the text between them."""
    made = head(encoder, "span", length=32)
    example = Span(id="1", context="w1 w2 w3 w4 w5", question="w0")
    batch = batch_of(made, encoder, [example], labelled=False)
    column = batch.features[0].extra[0]
    logits = torch.zeros(1, batch.ids.shape[1], 2)
    logits[0, column + 1, 0] = logits[0, column + 3, 1] = 9.0
    made.forward = lambda *_: logits  # type: ignore[method-assign]
    (output,) = made.decode(torch.zeros(1, 1, 1), batch)
    assert made.answer(example, [(batch.features[0], output)]).value == "w2 w3 w4"


def test_an_answer_is_refused_only_where_the_task_allows_it(encoder: Encoder) -> None:
    """SQuAD v2.0 tasks list the label "unanswerable"; for others the best span always stands."""
    example = Span(id="1", context="w1 w2", question="w0")
    for labels, expected in (((), "w1 w2"), (("unanswerable",), "")):
        made = SPAN(labels, encoder, Phase(stage="target", tasks=("t",), steps=1))
        feature = made.encode([example], encoder.subwords, labelled=False)[0]
        assert made.answer(example, [(feature, (-9.0, (0, 5), -0.1))]).value == expected


def test_an_answer_of_a_few_choices_leaves_absent_ones_out(encoder: Encoder) -> None:
    """Examples with two and with four choices share a batch; each one's probabilities sum to 1."""
    made = head(encoder, "choice")
    examples = [Choice(id=str(n), prompt="w1", choices=tuple(WORDS[:n]), label=0) for n in (2, 4)]
    batch = batch_of(made, encoder, examples, labelled=True)
    states = encoder.states(batch.ids, batch.mask, batch.segments)
    few, many = made.decode(states, batch)
    assert few[2:].tolist() == [0.0, 0.0]
    assert few.sum() == pytest.approx(1.0, abs=1e-6)
    assert many.sum() == pytest.approx(1.0, abs=1e-6)
    assert made.loss(states, batch)[1] == 2


def test_masking_hides_the_share_it_is_asked_for_and_no_special_token(encoder: Encoder) -> None:
    """About 30% of the words are picked; of these about a tenth stay and a tenth become other words."""
    made = TEXT((), encoder, Phase(stage="pretrain", tasks=("t",), steps=1, objective={"mask": 0.3}))
    texts = [Text(id=str(index), text=" ".join(WORDS)) for index in range(100)]
    batch = batch_of(made, encoder, texts, labelled=True)
    torch.manual_seed(0)
    seen = made.corrupt(batch)
    picked = made.picked
    assert picked is not None
    assert not picked[:, [0, -1]].any()
    words = len(WORDS) * len(texts)
    assert float(picked.sum()) / words == pytest.approx(0.3, abs=0.02)
    masked = float((seen.ids[picked] == made.mask_id).float().mean())
    same = float((seen.ids[picked] == batch.ids[picked]).float().mean())
    assert masked == pytest.approx(0.8, abs=0.03)
    assert same == pytest.approx(0.1, abs=0.03)
    assert torch.equal(seen.ids[~picked], batch.ids[~picked])


def test_a_setting_the_objective_does_not_have_is_refused(encoder: Encoder) -> None:
    """A slip such as 'masks' is met with the settings that exist."""
    with pytest.raises(SpecError, match=r"masks.*known: mask"):
        TEXT((), encoder, Phase(stage="pretrain", tasks=("t",), steps=1, objective={"masks": 0.3}))


def test_retrieval_has_no_head(encoder: Encoder) -> None:
    """Nothing is trained for retrieval, and the message says which types can be."""
    with pytest.raises(UnknownName, match="classification"):
        head(encoder, "retrieval")


@pytest.mark.parametrize(
    ("kind", "labels", "example"),
    [
        ("classification", ("no", "yes"), Classification(id="1", text="w1 w2")),
        ("tagging", ("A", "B"), Tagging(id="1", tokens=("w1", "w2"))),
        ("choice", (), Choice(id="1", prompt="w1", choices=("w2", "w3"))),
        ("span", (), Span(id="1", context="w1 w2 w3", question="w2")),
        ("span", ("answerable", "unanswerable"), Span(id="1", context="w1 w2 w3", question="w2")),
    ],
)
@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_what_is_not_a_number_answers_nothing(
    encoder: Encoder, kind: str, labels: tuple[str, ...], example: object, wrong: float
) -> None:
    """The largest of NaNs is the first one: every example would get the first label, with a confidence of NaN."""
    made = head(encoder, kind, labels)
    batch = batch_of(made, encoder, [example], labelled=False)
    states = encoder.states(batch.ids, batch.mask, batch.segments)
    assert len(made.decode(states, batch)) == 1
    made.out.weight.fill_(wrong)  # type: ignore[operator, union-attr]
    with pytest.raises(ModelError, match="outputs are not numbers: its weights are damaged, or have overflowed"):
        made.decode(states, batch)
