"""Testing all languages at once against the loop over languages with inputs padded to 128, on XLM-R Base's shape.

The loop is run_xnli's and run_ner's: language by language, 8 inputs at a time, each padded to 128 sub-words, float32.
Both see the same real examples, 15 languages of XNLI and 34 of UDPOS, through the same weights. In float32 ours must
give the same answers; what is timed is ours in the precision that a published encoder takes here, with the share of
answers that are then still the same (of random weights, whose answers are near-ties). Seconds are the processor's.
"""

import argparse
import json
import statistics
import time
from typing import Any

import torch

from _xlmr import architecture, shape_arguments, texts_of, tokenizer
from _xnli import real
from isogloss.core.examples import Example
from isogloss.core.folder import load
from isogloss.core.phase import Phase
from isogloss.evaluation.zero_shot import answer
from isogloss.models.device import Ways, usual
from isogloss.models.encoder import Encoder, build
from isogloss.models.heads import Head, head_for

BATCH, LENGTH = 8, 128


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    shape_arguments(parser)
    parser.add_argument("--tasks", nargs="+", default=["xnli", "udpos"])
    parser.add_argument("--examples", type=int, default=8, help="per language")
    parser.add_argument("--turns", type=int, default=3)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    figures = {name: measured(name, asked) for name in asked.tasks}
    worst = min(figures.values(), key=lambda each: float(each["ratio"]))
    unit = "test examples per processor second, the less favourable task; peer: language by language, padded to 128"
    print(json.dumps({"name": "evaluation", **worst, "unit": unit, "tasks": figures}))


def measured(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    """One task's figures."""
    task = load("tasks", name)
    data = real(task.source.folder)
    split = "test" if name == "xnli" else "dev"
    by_language = {code: task.examples(data, split, code) for code in task.available(data, split)}
    texts = [text for found in by_language.values() for text in texts_of(found[:1000])]
    subwords = tokenizer(texts, asked.vocabulary)
    torch.manual_seed(0)
    encoder = build(architecture(asked), subwords)
    encoder.own = False  # it stands for a published one
    head = head_for(task, task.labels, encoder, Phase(stage="target", tasks=(name,), steps=1, length=LENGTH))
    chosen = {
        code: found[:: max(1, len(found) // asked.examples)][: asked.examples] for code, found in by_language.items()
    }
    flat = [example for found in chosen.values() for example in found]
    lengths = [feature.length for feature in head.encode(flat, subwords, labelled=False)]
    words = sum(len(text.split()) for text in texts_of(flat))
    print(
        f"{name} {split}: {len(flat)} examples in {len(chosen)} languages, {statistics.mean(lengths):.1f} sub-words "
        f"on average ({sum(lengths) / words:.2f} per white-space word)", flush=True,
    )  # fmt: skip
    ways = usual(encoder.model.device, width=encoder.width)
    answer(encoder, head, flat[:8], lambda *_: None, ways)
    loop(encoder, head, {"en": flat[:8]})
    taken: dict[str, list[float]] = {"ours": [], "peer": []}
    for turn in range(asked.turns):
        begin = time.process_time()
        mine = [each.value for each in answer(encoder, head, flat, lambda *_: None, ways)]
        taken["ours"].append(time.process_time() - begin)
        encoder.compute(Ways())
        begin = time.process_time()
        theirs = loop(encoder, head, chosen)
        taken["peer"].append(time.process_time() - begin)
        print(f"  turn {turn + 1}: ours {taken['ours'][-1]:.2f} s, loop {taken['peer'][-1]:.2f} s", flush=True)
    same, of = agreement([each.value for each in answer(encoder, head, flat, lambda *_: None, Ways())], theirs)
    if of - same > 0.005 * of:
        raise SystemExit(f"{name}: {same} of {of} answers agree in float32")
    rates = {key: round(len(flat) / statistics.median(each), 2) for key, each in taken.items()}
    ratio = statistics.median(b / a for a, b in zip(taken["ours"], taken["peer"], strict=True))
    near, _ = agreement(mine, theirs)
    print(f"  {same} of {of} answers agree in float32, {near} in {ways.dtype}")
    return {**rates, "ratio": round(ratio, 2), "precision": ways.dtype, "same_answers": round(near / of, 4)}


def loop(encoder: Encoder, head: Head, chosen: dict[str, list[Example]]) -> list[Any]:
    """Language by language, padded to 128: the inputs are ours, so that only how they are batched differs."""
    found = []
    encoder.model.eval()
    head.eval()
    for examples in chosen.values():
        features = head.encode(examples, encoder.subwords, labelled=False)
        outputs: list[list[Any]] = [[] for _ in examples]
        for begin in range(0, len(features), BATCH):
            picked = features[begin : begin + BATCH]
            with torch.inference_mode():
                batch = padded(picked, encoder.subwords.pad)
                states = encoder.states(batch.ids, batch.mask, batch.segments, head.layer)
                for feature, output in zip(picked, head.decode(states, batch), strict=True):
                    outputs[feature.example].append((feature, output))
        found += [head.answer(example, each).value for example, each in zip(examples, outputs, strict=True)]
    return found


def padded(features: list[Any], pad: int) -> Any:
    """A batch of 128 columns."""
    from isogloss.models.features import Batch

    ids = torch.full((len(features), LENGTH), pad)
    for index, feature in enumerate(features):
        ids[index, : feature.length] = torch.from_numpy(feature.rows[0].astype("int64"))
    return Batch(ids=ids, mask=(ids != pad).long(), segments=None, features=features)


def agreement(mine: list[Any], theirs: list[Any]) -> tuple[int, int]:
    """Answers that are the same, and all of them; every tag counts."""
    same = of = 0
    for one, other in zip(mine, theirs, strict=True):
        pairs = list(zip(one, other, strict=True)) if isinstance(one, list) else [(one, other)]
        same, of = same + sum(a == b for a, b in pairs), of + len(pairs)
    return same, of


if __name__ == "__main__":
    main()
