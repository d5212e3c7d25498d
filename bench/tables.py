"""Make the tables that advice rests on from the published ones: python bench/tables.py PUBLISHED_FOLDER.

Writes src/isogloss/advice/tables/*.csv; docs/advice.md has the layout of PUBLISHED_FOLDER and the sources.
What is shipped is Apache-2.0, MIT, or figures printed in a paper or README, named row by row.
"""

import argparse
import csv
import math
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from _needs import needs
from isogloss.advice.kinds import MULTI, OTHER, kind_of
from isogloss.core.controls import NONE

HERE = Path(__file__).resolve().parents[1] / "src" / "isogloss" / "advice" / "tables"
DATASETS = (
    "mnli", "snli", "anli", "rte", "qnli", "squad", "squad2", "sst2", "imdb", "mrpc", "qqp", "stsb", "cola", "boolq",
    "copa", "hellaswag", "cosmosqa",
)  # fmt: skip
"""Intermediate tasks that names of models speak of by themselves; others count as their kind."""
RECYCLING = "IBM model-recycling, github.com/IBM/model-recycling, results/ (Apache-2.0)"
LITMUS = "Litmus, github.com/microsoft/Litmus (MIT)"
SUMEVAL = "SumEval 2022, data of the shared task, github.com/microsoft/Litmus (MIT)"
ENCODERS = {
    "XLM": "xlm-mlm-xnli15-1024", "Unicoder": "unicoder", "XLM-R-base": "xlm-roberta-base",
    "XLM-R-large": "xlm-roberta-large", "InfoXLM-base": "infoxlm-base", "InfoXLM-large": "infoxlm-large",
    "ERNIE-M-base": "ernie-m-base", "ERNIE-M-large": "ernie-m-large", "XLM-R Large": "xlm-roberta-large",
    "xlmr.large": "xlm-roberta-large", "mBERT": "bert-base-multilingual-cased",
}  # fmt: skip


def main() -> None:
    if not sys.argv[1:]:
        needs("a folder of published tables")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("published", type=Path, metavar="PUBLISHED_FOLDER")
    place = parser.parse_args().published
    HERE.mkdir(parents=True, exist_ok=True)
    _write("gains.csv", ("encoder", "target", "arm", "gain", "error", "models", "targets", "source"), gains(place))
    _write("noise.csv", ("encoder", "target", "noise", "runs", "source"), noise(place))
    _write("levels.csv", ("task", "encoder", "setting", "language", "score", "source"), levels(place))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        made = csv.writer(file, lineterminator="\n")
        made.writerow(header)
        count = 0
        for row in rows:
            made.writerow(row)
            count += 1
    print(f"{name}: {count} rows")


def arm_of(model: str) -> str:
    """The intermediate task that a published model's name speaks of, or its kind; "" for none."""
    kind = kind_of(model)
    if kind == MULTI:
        return MULTI
    words = [("squad2" if word == "squadv2" else word) for word in re.split(r"[^a-z0-9]+", model.lower())]
    named = next((name for name in DATASETS if name in words), "")
    return named or ("" if kind == OTHER else f"a {kind} task")


def gains(place: Path) -> Iterable[Sequence[object]]:
    """Mean gains over the untouched encoder by kind of target, in [-1, 1]; rows that look scrambled are left out."""
    table = _rows(place / "model_recycling.csv")
    targets = [name for name in table[0] if name not in ("base", "model_name", "follows_base")]
    seeds = {(row[0], row[1]): row[2] for row in noise(place)}
    for base in ("roberta-base", "bert-base-uncased"):
        start = next(row for row in table if row["base"] == base and row["model_name"] == base)
        arms: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in table:
            if row["base"] == base and row is not start and float(row["follows_base"]) >= 0.9:
                arms[arm_of(row["model_name"])].append(row)
        for kind in sorted({kind_of(target) for target in targets}):
            of = [target for target in targets if kind_of(target) == kind]
            own = [seeds[base, kind] / math.sqrt(20 * len(of))]
            yield base, kind, NONE, 0, f"{own[0]:.5f}", 1, len(of), RECYCLING
            for arm, rows in sorted(arms.items()):
                tested = [target for target in of if target != arm]
                if not arm or len(rows) < 2 or not tested:
                    continue
                means = [np.mean([float(row[t]) - float(start[t]) for t in tested]) / 100 for row in rows]
                error = float(np.std(means, ddof=1)) / math.sqrt(len(rows))
                yield base, kind, arm, f"{np.mean(means):.5f}", f"{error:.5f}", len(rows), len(tested), RECYCLING


def noise(place: Path) -> list[tuple[str, str, float, int, str]]:
    """The standard deviation of a run by kind of target, median over targets, in [0, 1]."""
    by: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in _rows(place / "model_recycling_base_seeds.csv"):
        by[row["base"], row["target"]].append(float(row["score"]) / 100)
    kinds: dict[tuple[str, str], list[float]] = defaultdict(list)
    for (base, target), scores in by.items():
        kinds[base, kind_of(target)].append(float(np.std(scores, ddof=1)))
    return [
        (base, kind, round(float(np.median(of)), 5), 20 * len(of), RECYCLING)
        for (base, kind), of in sorted(kinds.items())
    ]


def levels(place: Path) -> Iterable[Sequence[object]]:
    """Scores per language of encoders trained in English (or in mixes with English, on languages outside the mix)."""
    ernie = "ERNIE-M, github.com/PaddlePaddle/PaddleNLP model_zoo/ernie-m (Apache-2.0)"
    for row in _rows(place / "xnli_zero_shot_encoders.csv"):
        if row["setting"] == "zero-shot" and row["model"] in ENCODERS:  # VECO's row looks permuted
            yield "xnli", ENCODERS[row["model"]], "english", row["lang"], _unit(row["acc"]), ernie
    for row in _rows(place / "xquad_per_language.csv"):
        if row["metric"] == "F1" and row["model"] in ENCODERS and row["lang"] != "avg":
            source = "XQuAD, github.com/google-deepmind/xquad README"
            yield "xquad", ENCODERS[row["model"]], "english", row["lang"], _unit(row["value"]), source
    for row in _rows(place / "mlqa_per_language.csv"):
        if row["model"] in ENCODERS and row["lang"] != "avg":
            source = "XLM-R, github.com/facebookresearch/fairseq examples/xlmr/README.md (MIT)"
            yield "mlqa", ENCODERS[row["model"]], "english", row["lang"], _unit(row["F1"]), source
    for row in _rows(place / "xpos_devries2022_65x105_step10000.csv"):
        if row["source"] == "en":
            source = "de Vries et al. 2022, github.com/wietsedv/xpos (English row)"
            yield "xpos", "xlm-roberta-base", "english", row["target"], _unit(row["accuracy"]), source
    yield from _mixes(place)


def _mixes(place: Path) -> Iterable[Sequence[object]]:
    tasks = {"XNLI": "xnli", "UDPOS": "udpos", "WikiANN": "panx"}
    cells: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for row in _rows(place / "sumeval.csv"):
        task, encoder = tasks.get(row["file"].split("_")[0]), row["file"].split("_")[1]
        mix = dict(part.split(":") for part in row["train_config"].split(";"))
        code = row["eval_lang"]
        if task and "en" in mix and (code == "en" or code not in mix):
            name = "xlm-roberta-large" if encoder == "XLMR" else "t-ulrv6-large"
            cells[task, name, code].append(float(row["score"]))
    for (task, encoder, code), scores in sorted(cells.items()):
        yield task, encoder, "mixes with English", code, f"{np.mean(scores):.4f}", SUMEVAL


def _unit(points: str) -> str:
    return f"{float(points) / 100:.4f}"


if __name__ == "__main__":
    main()
