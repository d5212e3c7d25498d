"""Are scores in new languages forecast well, and do the intervals hold? python bench/forecast.py --sumeval FILE.csv

FILE has SumEval's layout: split,file,config_id,eval_lang,score,train_config. Two questions are put to it.

Mixes: one language (of "train") is left out at a time, and those of files called "…_surprise_langs_same_configs" are
forecast from all. Effects of the mix are estimated within languages, levels by the surface over features of
languages; UDPOS with the shipped scores of another encoder beside them. Trivial: the mean of what was seen.

Rows: an encoder trained in English and k measured languages, others forecast as `isogloss forecast` does: XNLI and
parts of speech from the shipped tables, rows of FILE that hold English. Trivial: the mean of the measured languages.

Errors are mean absolute, in points; intervals of means are over languages. The last line is one JSON object.
"""

import argparse
import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from _needs import needs
from isogloss.advice import languages, levels, surface, tables
from isogloss.core.languages import known
from isogloss.core.seeds import rng
from isogloss.stats import conformal

SURPRISE = "_surprise_langs_same_configs"
ENCODER = "xlm-roberta-large"
LIKE = {"UDPOS": "xpos"}
"""Task of a file → task of the shipped tables that is the same on another encoder."""
DRAWS = 6


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Scores in points of [0, 1], by language and mix."""

    languages: np.ndarray
    scores: np.ndarray
    mixes: np.ndarray
    """Own training data or none, log of it, of kin, of the branch, of all, English or not, how many languages."""
    configs: np.ndarray

    def take(self, kept: np.ndarray) -> "Cells":
        """Some of them."""
        return Cells(
            languages=self.languages[kept], scores=self.scores[kept], mixes=self.mixes[kept], configs=self.configs[kept]
        )


def main() -> None:
    if not sys.argv[1:]:
        needs("a table in SumEval's layout")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sumeval", type=Path, metavar="FILE.csv", required=True)
    parser.add_argument("--skip-rows", action="store_true")
    parser.add_argument("--skip-mixes", action="store_true")
    asked = parser.parse_args()
    files = read(asked.sumeval)
    found: dict[str, Any] = {}
    if not asked.skip_mixes:
        for name in sorted(name for split, name in files if split == "train"):
            cells = files["train", name]
            if len({*cells.languages}) >= 5 and len({*cells.configs}) >= 3:
                found[name] = mixes(name, cells, files.get(("test_gold", name + SURPRISE)))
    if not asked.skip_rows:
        found["rows"] = rows(files)
    print(json.dumps(found))


def read(path: Path) -> dict[tuple[str, str], Cells]:
    raw: dict[tuple[str, str], list[tuple[str, float, list[float], str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            mix = {part.split(":")[0]: float(part.split(":")[1]) for part in row["train_config"].split(";")}
            code = row["eval_lang"]
            raw[row["split"], row["file"]].append((code, float(row["score"]), _mix(code, mix), row["config_id"]))
    files = {}
    for at, of in raw.items():
        scores = np.array([each[1] for each in of])
        files[at] = Cells(
            languages=np.array([each[0] for each in of]), scores=scores / (100 if scores.max() > 1.5 else 1),
            mixes=np.array([each[2] for each in of]), configs=np.array([each[3] for each in of]),
        )  # fmt: skip
    return files


def _mix(code: str, mix: Mapping[str, float]) -> list[float]:
    about = known(code)
    others = {other: count for other, count in mix.items() if other != code}
    kin = sum(count for other, count in others.items() if about and (k := known(other)) and k.family == about.family)
    branch = sum(count for other, count in others.items() if about and (k := known(other)) and k.branch == about.branch)
    own = mix.get(code, 0.0)
    return [
        float(own > 0),
        *np.log10([own + 1, sum(mix.values()) + 1, kin + 1, branch + 1]),
        float("en" in mix),
        len(mix),
    ]


# Mixes


def features_of(codes: Sequence[str], task: str) -> languages.Known:
    """With the shipped scores of the same task on another encoder as one more column."""
    found = languages.of(codes, ENCODER)
    beside = {each.language: each.score for each in tables.levels() if each.task == LIKE.get(task)}
    if not beside:
        return found
    column = np.array([beside.get(code, np.nan) for code in codes])
    return languages.Known(
        languages=found.languages, features=np.column_stack([found.features, column]),
        groups=(*found.groups, (found.features.shape[1],)), kin=found.kin, size=found.size,
    )  # fmt: skip


def forecast(train: Cells, test: Cells, task: str) -> tuple[np.ndarray, np.ndarray]:
    """Scores of the cells of `test` and their standard deviations, from cells of other languages."""
    codes = sorted({*train.languages, *test.languages})
    about = features_of(codes, task)
    at = {code: place for place, code in enumerate(codes)}
    mean, sd = np.zeros(len(test.scores)), np.ones(len(test.scores))
    for own in (0.0, 1.0):
        part, asked = train.take(train.mixes[:, 0] == own), np.flatnonzero(test.mixes[:, 0] == own)
        if not len(asked):
            continue
        if len({*part.languages}) < 3:
            part = train
        names, which = np.unique(part.languages, return_inverse=True)
        count = np.bincount(which)
        centre, spread = part.mixes.mean(axis=0), part.mixes.std(axis=0) + 1e-9
        x = (part.mixes - centre) / spread
        within = x - np.array([np.bincount(which, column) / count for column in x.T]).T[which]
        y = part.scores - (np.bincount(which, part.scores) / count)[which]
        slopes = np.linalg.solve(within.T @ within + 0.01 * len(y) * np.eye(x.shape[1]), within.T @ y)
        level = np.bincount(which, part.scores - x @ slopes) / count
        noise = float(np.sqrt(np.mean((y - within @ slopes) ** 2)))
        there = about.features[[at[code] for code in names]]
        wanted = sorted({*test.languages[asked]})
        new = about.features[[at[code] for code in wanted]]
        plain = surface.fit(there, level, about.groups, over=new)
        bent = surface.fit(there, levels.logit(level, 0.0), about.groups, over=new)
        guess, unsure = plain.predict(new)
        guess = (guess + levels.score(bent.predict(new)[0], 0.0)) / 2
        place = {code: number for number, code in enumerate(wanted)}
        rows_ = [place[code] for code in test.languages[asked]]
        mean[asked] = guess[rows_] + (test.mixes[asked] - centre) / spread @ slopes
        sd[asked] = np.hypot(unsure[rows_], noise)
    return mean, sd


def mixes(name: str, cells: Cells, surprise: Cells | None) -> dict[str, Any]:
    task = name.split("_")[0]
    codes = sorted({*cells.languages})
    about = features_of(codes, task)
    wrong, trivial, scores = {}, {}, {}
    bounds: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for code in codes:
        test, train = cells.take(cells.languages == code), cells.take(cells.languages != code)
        mean, sd = forecast(train, test, task)
        wrong[code] = float(np.abs(test.scores - mean).mean())
        trivial[code] = float(np.abs(test.scores - train.scores.mean()).mean())
        scores[code], bounds[code] = np.abs(test.scores - mean) / sd, (mean, sd)
    inside, widths = [], []
    for code in codes:
        others = {each: scores[each] for each in codes if each != code}
        reach = _quantile(others, 0.9)
        if reach < inf:
            inside.append(float((scores[code] <= reach).mean()))
            widths.append(float(2 * reach * bounds[code][1].mean()))
    told: dict[str, Any] = {"lolo": _told(wrong, trivial, inside, widths)}
    print(f"{name}: left out one language at a time\n  {_line(told['lolo'])}")
    if surprise is not None:
        mean, sd = forecast(cells, surprise, task)
        far_scores = _far(cells, task, about)
        new = features_of(sorted({*codes, *surprise.languages}), task)
        far = {c for c in {*surprise.languages} if levels.is_far(c, codes, new.kin, new.size)}
        reaches = {False: _quantile(scores, 0.9)}
        reaches[True] = max(reaches[False], _quantile(far_scores, 0.9))
        by: dict[str, list[int]] = defaultdict(list)
        for place, code in enumerate(surprise.languages):
            by[code].append(place)
        wrong = {c: float(np.abs(surprise.scores[p] - mean[p]).mean()) for c, p in by.items()}
        trivial = {c: float(np.abs(surprise.scores[p] - cells.scores.mean()).mean()) for c, p in by.items()}
        inside = [
            float((np.abs(surprise.scores[p] - mean[p]) <= reaches[c in far] * sd[p]).mean()) for c, p in by.items()
        ]
        widths = [float(2 * reaches[c in far] * sd[p].mean()) for c, p in by.items()]
        told["surprise"] = _told(wrong, trivial, inside, widths) | {"far": len(far), "languages": len(by)}
        print(f"  new languages, {len(far)} of {len(by)} far\n  {_line(told['surprise'])}")
    return told | {key: value for key, value in told.get("surprise", told["lolo"]).items() if key not in ("far",)}


def _far(cells: Cells, task: str, about: languages.Known) -> dict[str, np.ndarray]:
    """Scores of wrongness where families, scripts and the smallest third are left out at once."""
    codes = sorted({*cells.languages})
    found: dict[str, list[np.ndarray]] = defaultdict(list)
    for fold in levels.folds(codes, about.kin, about.size):
        kept = ~np.isin(cells.languages, fold)
        if len({*cells.languages[kept]}) < 3:
            continue
        test = cells.take(~kept)
        mean, sd = forecast(cells.take(kept), test, task)
        for code in fold:
            here = test.languages == code
            found[code].append(np.abs(test.scores[here] - mean[here]) / sd[here])
    return {code: np.concatenate(of) for code, of in found.items()}


def _quantile(scores: Mapping[str, np.ndarray], level: float) -> float:
    flat = np.concatenate(list(scores.values()))
    return conformal.quantile(flat, [code for code, of in scores.items() for _ in of], level)


def _told(
    wrong: Mapping[str, float], trivial: Mapping[str, float], inside: Sequence[float], widths: Sequence[float]
) -> dict[str, Any]:
    mine, theirs = np.array(list(wrong.values())), np.array(list(trivial.values()))
    picks = rng("languages", "bench of forecast").integers(len(mine), size=(1000, len(mine)))
    told: dict[str, Any] = {
        "mae": round(100 * float(mine.mean()), 2),
        "mae_trivial": round(100 * float(theirs.mean()), 2),
    }
    for key, of in (("mae_interval", mine[picks].mean(axis=1)), ("mae_trivial_interval", theirs[picks].mean(axis=1))):
        told[key] = [round(100 * float(each), 2) for each in np.quantile(of, (0.025, 0.975))]
    told["ratio"] = round(float(mine.mean() / theirs.mean()), 3)
    ratio = mine[picks].mean(axis=1) / theirs[picks].mean(axis=1)
    told["ratio_interval"] = [round(float(each), 3) for each in np.quantile(ratio, (0.025, 0.975))]
    told["coverage_90"] = round(float(np.mean(inside)), 3) if inside else None
    width = float(np.mean(widths)) if widths else inf
    told["width_90"] = round(100 * width, 1) if width < inf else None
    return told


def _line(told: Mapping[str, Any]) -> str:
    low, high = told["mae_interval"]
    tlow, thigh = told["mae_trivial_interval"]
    rlow, rhigh = told["ratio_interval"]
    return (
        f"  error {told['mae']} [{low}, {high}]; trivial {told['mae_trivial']} [{tlow}, {thigh}]; "
        f"ratio {told['ratio']} "
        f"[{rlow}, {rhigh}]; 90% intervals hold {told['coverage_90']}, {told['width_90']} points wide"
    )


# Rows


def table_rows(files: Mapping[tuple[str, str], Cells]) -> dict[str, tuple[float, dict[str, dict[str, float]]]]:
    """Task → chance, and encoder or mix → language → score: cells outside the mix, of mixes with English."""
    found: dict[str, tuple[float, dict[str, dict[str, float]]]] = {}
    for task, chance in (("xnli", 1 / 3), ("xpos", 0.0)):
        by: dict[str, dict[str, float]] = defaultdict(dict)
        for each in tables.levels():
            if each.task == task and each.setting == "english":
                by[each.encoder][each.language] = each.score
        found[task] = chance, dict(by)
    for (split, name), cells in files.items():
        task = name.split("_")[0]
        if split != "train" or not re.match("WikiANN|UDPOS", name):
            continue
        by = defaultdict(dict)
        for code, score, mix, config in zip(cells.languages, cells.scores, cells.mixes, cells.configs, strict=True):
            if mix[5] and (code == "en" or not mix[0]):
                by[config][code] = float(score)
        longest = sorted((of for of in by.items() if "en" in of[1]), key=lambda of: -len(of[1]))[:5]
        found[task] = 0.0, dict(longest)
    return found


def rows(files: Mapping[tuple[str, str], Cells]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    print("\nrows: English and k measured languages; the others are forecast")
    for task, (chance, by) in table_rows(files).items():
        settings = [(k, False) for k in (3, 10, 20)] + ([(0, True), (3, True), (10, True)] if task == "xnli" else [])
        for k, with_table in settings:
            errors, trivial, held, widths = [], [], [], []
            for name, scores in by.items():
                non = sorted(set(scores) - {"en"})
                if len(non) <= k + 3:
                    continue
                whole = _row(scores, chance, by if with_table else {}, name)
                stream = rng(f"{task} {name} {k}", "bench of forecast")
                for _ in range(DRAWS if k else 1):
                    seen = sorted(stream.choice(non, k, replace=False))
                    rest = [code for code in non if code not in seen]
                    mean, sd, _ = levels.predict(whole, rest, seen)
                    truth = np.array([scores[code] for code in rest])
                    guess = levels.score(_top(whole) - mean, chance)
                    errors.append(float(np.abs(guess - truth).mean()))
                    flat = np.mean([scores[code] for code in seen]) if k else scores["en"]
                    trivial.append(float(np.abs(flat - truth).mean()))
                    if k >= 10:
                        kin = languages.of(tuple(scores), ENCODER)
                        reaches = levels.calibrate(_seen(whole, seen), kin.kin, kin.size).width(0.9, False)
                        low, high = (levels.score(_top(whole) - mean + way * reaches * sd, chance) for way in (-1, 1))
                        held.append(float(((low <= truth) & (truth <= high)).mean()))
                        widths.append(float((high - low).mean()))
            if errors:
                key = f"{task}_k{k}{'_with_table' if with_table else ''}"
                told[key] = {
                    "mae": round(100 * float(np.mean(errors)), 2),
                    "mae_trivial": round(100 * float(np.mean(trivial)), 2),
                }
                if held:
                    told[key] |= {
                        "coverage_90": round(float(np.mean(held)), 3),
                        "width_90": round(100 * float(np.mean(widths)), 1),
                    }
                print(f"  {key:<24} {told[key]}")
        told |= _labels(task, chance, by)
    return told


def _labels(task: str, chance: float, by: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """After three languages chosen to be labelled, against five at random."""
    chosen: list[float] = []
    random: list[float] = []
    for name, scores in by.items():
        non = sorted(set(scores) - {"en"})
        whole = _row(scores, chance, {}, name)
        picks = [code for code, _, _ in levels.label_first(whole, non, [], 3)]
        stream = rng(f"{task} {name}", "bench of labels")
        for seen, errors in [(picks, chosen)] + [
            (sorted(stream.choice(non, 5, replace=False)), random) for _ in range(8)
        ]:
            rest = [code for code in non if code not in seen]
            mean, _, _ = levels.predict(whole, rest, seen)
            truth = np.array([scores[code] for code in rest])
            errors.append(float(np.abs(levels.score(_top(whole) - mean, chance) - truth).mean()))
    told = {
        "three_chosen": round(100 * float(np.mean(chosen)), 2),
        "five_random": round(100 * float(np.mean(random)), 2),
    }
    print(f"  {task} labels: {told}")
    return {f"{task}_labels": told}


def _top(row: levels.Row) -> float:
    return float(levels.logit(np.array([row.english]), row.chance)[0])


def _row(scores: Mapping[str, float], chance: float, by: Mapping[str, Mapping[str, float]], own: str) -> levels.Row:
    about = languages.of(tuple(sorted(scores)), ENCODER)
    drops: dict[str, list[float]] = defaultdict(list)
    for name, of in by.items():
        if name != own:
            top = levels.logit(np.array([of["en"]]), chance)[0]
            for code, score in of.items():
                drops[code].append(float(top - levels.logit(np.array([score]), chance)[0]))
    others = levels.Others(drops={code: tuple(of) for code, of in drops.items()}) if drops else None
    return levels.Row(
        chance=chance, measured=scores, english=scores["en"], languages=about.languages, features=about.features,
        groups=about.groups, others=others,
    )  # fmt: skip


def _seen(row: levels.Row, seen: Sequence[str]) -> levels.Row:
    from dataclasses import replace

    return replace(row, measured={code: row.measured[code] for code in (*seen, "en")})


if __name__ == "__main__":
    main()
