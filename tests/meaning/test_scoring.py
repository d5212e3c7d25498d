"""`isogloss semdiv` from file to verdict."""

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pytest

from isogloss.cli import main
from isogloss.core.folder import load
from isogloss.formats.sentence_labels import Pair, pairs
from isogloss.meaning import scoring
from isogloss.meaning.study import StudyMeaning, TranslatedSet
from isogloss.models.encoder import load as load_encoder
from isogloss.report.terminal import meaning
from tongues import adapted


def made(count: int, wrong: int) -> list[Pair]:
    """Copies are equivalent here; the first so many say something else and are half as long."""
    known = ("ferry", "bakery", "bees", "old", "keeps", "opens", "behind", "neighbour", "school", "eight")
    middles = [" ".join(chosen) for chosen in combinations(known, 4)]
    texts = [f"the {middle} leaves at seven and {place}" for place, middle in enumerate(middles[:count])]
    return [
        Pair(line=place, english=text, other="bees behind" if place < wrong else text,
             label="other" if place < wrong else "same", equivalent=place >= wrong)
        for place, text in enumerate(texts, 1)
    ]  # fmt: skip


def test_made_divergences_are_found(xlmr: Path) -> None:
    """Copies against other sentences: every scorer separates them wholly; with dev labels the share comes out."""
    dev = made(40, 20)
    found = scoring.score("made", made(60, 16), language="fr", encoder=load_encoder(xlmr), said="xlmr", dev=dev)
    assert [each.name for each in found.scorers] == ["length ratio", "lexical overlap", "cosine", "margin"]
    overlap = found.scorers[1]
    assert overlap.auc is not None
    assert overlap.auc.value == 1.0
    assert overlap.f1 is not None
    assert overlap.f1["mean"].value == 1.0
    assert overlap.drift is not None
    assert overlap.drift.below.value == pytest.approx(15 / 60)
    assert "No parallel text in this language, so there is no trained scorer." in found.notes


def test_a_side_that_is_one_vector_has_no_cosine(xlmr: Path) -> None:
    """Words that the encoder does not know are one to it, and scripts share no trigram: named, and the others stand."""
    file = [replace(pair, other=f"ქართული {pair.line}") for pair in made(30, 10)]
    found = scoring.score("made", file, language="fr", encoder=load_encoder(xlmr))
    assert [each.name for each in found.scorers] == ["length ratio"]
    assert "No lexical overlap: all scores are equal; there is nowhere to cut." in found.notes
    assert any("all vectors are the same, but for rounding" in note for note in found.notes)


def test_a_few_pairs_have_all_scores_but_the_margin(xlmr: Path) -> None:
    """A file of three pairs is a file: what needs four neighbours is named, and the rest is there."""
    file = [replace(pair, label="", equivalent=None) for pair in made(3, 0)]
    found = scoring.score("made", file, language="fr", encoder=load_encoder(xlmr))
    assert [each.name for each in found.scorers] == ["length ratio", "lexical overlap"]
    assert any("3 pairs; a margin over neighbours needs more than 4" in note for note in found.notes)


def test_parallel_text_that_is_in_the_file_is_left_out(xlmr: Path) -> None:
    """What is scored must not have been trained on."""
    file = made(30, 5)
    parallel = [(f"my neighbour keeps {n} bees behind the school", f"mein Nachbar hält {n} Bienen") for n in range(40)]
    found = scoring.score(
        "made", file, language="fr", encoder=load_encoder(xlmr), parallel=[*parallel, (file[9].english, "etwas")],
    )  # fmt: skip
    assert found.training["pairs"] == 40
    assert "1 pair that" in found.notes[0]
    trained = found.scorers[-1]
    assert (trained.name, trained.drift is not None) == ("trained", True)


def test_a_language_that_the_encoder_has_no_parts_for_is_said(xlmr: Path) -> None:
    """Scores are of the language's own parts where there are some, and a note says where there are none."""
    encoder = adapted(xlmr, "en", "de")
    german, french = (scoring.score("made", made(20, 5), language=code, encoder=encoder) for code in ("de", "fr"))
    said = "The encoder has parts for de, en: it reads fr with those of the language of its tasks."
    assert said in french.notes
    assert not any(note.startswith("The encoder has parts") for note in german.notes)
    assert german.scorers[2].name == "cosine"
    assert german.scorers[2].scores.tolist() != french.scorers[2].scores.tolist()


def test_a_translated_test_is_pairs_of_texts_by_id(real: Path) -> None:
    """XNLI: premise with premise, hypothesis with hypothesis, each once; row i is the same item in all languages."""
    found, known = scoring.of_task(load("tasks", "xnli"), real, "dev", "fr")
    assert known == ""
    assert found[0].english.startswith("And he said, Mama")
    assert found[0].other.startswith("Et il a dit, maman")


def test_the_verb_judges_the_real_file(real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Baselines of REFreSD: overlap of trigrams tells unrelated pairs well and fine differences badly, as Briakou &
    Carpuat 2020 say of surface cues; every pair has its scores."""
    file = real / "refresd" / "REFreSD_sentence_labels"
    assert main(["semdiv", str(file), "--encoder", "none", "--json", "--store", str(tmp_path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["counts"] == {"unrelated": 126, "some_meaning_difference": 209, "no_meaning_difference": 185}
    overlap = found["scorers"][1]
    assert overlap["by_class"]["unrelated"]["low"] > overlap["by_class"]["some_meaning_difference"]["high"]
    assert len(found["pairs"]) == len(pairs(file))
    assert main(["semdiv", str(tmp_path / "nothing")]) == 2


def test_a_file_without_labels_shows_its_lowest_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing judges the scorers: no table of them, but the pairs to look at first, by line, shortened, and where the
    other scores are."""
    file = tmp_path / "short.tsv"
    long = "the ferry leaves at seven and comes back at eight " * 3
    file.write_text(f"{long}\tthe ferry\nBees sleep.\tChat\n" + "a bakery\ta bakery\n" * 12, encoding="utf-8")
    assert main(["semdiv", str(file), "--encoder", "none", "--store", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert lines[0].split("  ")[:2] == ["line", "lowest by lexical overlap"]
    assert lines[1].split() == ["2", "0.000", "'Bees", "sleep.'", "'Chat'"]
    assert lines.index("") == 1 + scoring.LOWEST
    assert "'the ferry leaves at seven and comes back at eight the ferr…'" in shown
    assert "No threshold for length ratio and lexical overlap" in shown
    assert "--json has the scores of every pair." in shown
    assert "interval" not in shown


def test_a_scorer_without_a_threshold_has_no_row(xlmr: Path) -> None:
    """Without labels only the trained scorer has a share, from synthetic divergences; the others are named below."""
    file = [replace(pair, label="", equivalent=None) for pair in made(30, 5)]
    parallel = [(f"my neighbour keeps {n} bees behind the school", f"mein Nachbar hält {n} Bienen") for n in range(40)]
    found = scoring.score("made", file, language="fr", encoder=load_encoder(xlmr), parallel=parallel)
    _, rows = meaning.table(found.plain())
    assert [row[0] for row in rows] == ["trained"]
    assert "–" not in rows[0]
    assert any(
        note.startswith("No threshold for length ratio, lexical overlap, cosine and margin:")
        for note in meaning.notes(found.plain())
    )
    name, low = found.lowest()
    assert (name, len(low)) == ("trained", scoring.LOWEST)
    assert [score for _, score, *_ in low] == sorted(found.scorers[-1].scores)[: scoring.LOWEST]


def test_judged_scorers_need_no_list(xlmr: Path) -> None:
    """Where labels say which pairs differ, the table says how well each scorer finds them."""
    found = scoring.score("made", made(30, 5), language="fr", encoder=load_encoder(xlmr))
    assert len(meaning.table(found.plain())[1]) == 4
    assert found.lowest() == ("", [])


def test_a_part_of_a_sorted_file_is_drawn_from_all_of_it(
    real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """REFreSD's file is sorted by class and its first hundred pairs are unrelated. A hundred that are drawn have its
    classes as the whole has them, in the file's order, under any name; a number below 0 is refused."""
    file = real / "refresd" / "REFreSD_sentence_labels"
    copy = tmp_path / "mine.tsv"
    copy.write_bytes(file.read_bytes())
    options = ["--encoder", "none", "--json", "--store", str(tmp_path), "--limit"]
    found = []
    for path in (file, file, copy):
        assert main(["semdiv", str(path), *options, "100"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    counts, lines = found[0]["counts"], [pair["line"] for pair in found[0]["pairs"]]
    assert sum(counts.values()) == 100
    whole = {"unrelated": 126, "some_meaning_difference": 209, "no_meaning_difference": 185}
    assert all(abs(counts[label] - 100 * whole[label] / 520) < 15 for label in whole)  # 15 is over three deviations
    assert lines == sorted(set(lines))
    assert found[0]["notes"][0] == "100 of 520 pairs, drawn at random; the same ones every time."
    assert all([pair["line"] for pair in each["pairs"]] == lines for each in found)
    assert main(["semdiv", str(file), *options, "-1"]) == 2
    assert "--limit -1: expected a number of pairs, or 0 for all." in capsys.readouterr().err


def test_a_part_of_a_test_is_the_one_that_is_drawn_for_a_study(
    real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It goes on beyond the first pairs, and TASK/SPLIT and STUDY draw the same ones."""
    options = ["--encoder", "none", "--json", "--store", str(tmp_path), "--data", str(real), "--limit", "50"]
    assert main(["semdiv", "xnli/dev", "--language", "fr", *options]) == 0
    shown = [pair["line"] for pair in json.loads(capsys.readouterr().out)["pairs"]]
    every, _ = scoring.of_task(load("tasks", "xnli"), real, "dev", "fr")
    of_study = TranslatedSet(
        task="xnli", split="dev", language="fr", kind="test", pairs=[(f"{each.line}", "") for each in every]
    )
    assert len(shown) == 50
    assert max(shown) > len(every) / 2
    assert shown == [int(line) for line, _ in StudyMeaning._drawn(SimpleNamespace(limit=50), of_study)]  # type: ignore[arg-type]


ENGLISH = ("The cat sat on the mat.", "He came back from school and slept.", "They sold the house last year.")
FRENCH = ("Le chat est sur le tapis.", "Il est revenu de l'école et a dormi.", "Ils ont vendu la maison l'an dernier.")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (zip(FRENCH, ENGLISH, strict=True), "The columns look swapped, English is the last"),
        (zip(ENGLISH, ENGLISH, strict=True), "Both columns look English"),
        (zip(ENGLISH, FRENCH, strict=True), ""),
        (zip(FRENCH, FRENCH, strict=True), ""),
        ([*zip(ENGLISH, FRENCH, strict=True), *zip(FRENCH[:1], ENGLISH, strict=False)], ""),  # one row of four
    ],
)
def test_columns_in_the_wrong_order_are_told(
    rows: object, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Among the notes, since nobody can be sure; a file in the right order has no such note."""
    path = tmp_path / "mine.tsv"
    path.write_text("".join(f"{one}\t{two}\n" for one, two in rows), "utf-8")  # type: ignore[attr-defined]
    assert main(["semdiv", str(path), "--encoder", "none", "--store", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert says in told
    assert ("look" in told) == bool(says)


def test_pairs_that_score_alike_have_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One pair, or the same pair again and again: what it scores, and that none is lowest."""
    path = tmp_path / "mine.tsv"
    for count, begins in ((1, "Its one pair scores"), (5, "All pairs score")):
        path.write_text("one two\tone two\n" * count)
        assert main(["semdiv", str(path), "--encoder", "none", "--store", str(tmp_path)]) == 0
        expected = f"{begins} 1.000 by length ratio, 1.000 by lexical overlap: none is lowest."
        assert expected in capsys.readouterr().out


def test_one_pair_of_a_class_sets_no_threshold() -> None:
    """The note says how many there are of each, not how many a fold has."""
    found = scoring.score("made", made(5, 2), language="fr")
    (told,) = (each for each in found.notes if each.startswith("No length ratio"))
    assert "4 equivalent pairs and 1 divergent; a threshold that no pair sets for itself needs two or more" in told


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "--language en: name the one language, other than English"),
        ("fr,de", "--language fr,de: name the one language"),
        ("french", "no language named 'french'"),
    ],
)
def test_a_file_is_in_one_known_language(
    language: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is none would find no parallel text, and say so as if there were none of that language."""
    path = tmp_path / "mine.tsv"
    path.write_text("one two\tun deux\n")
    options = ["--encoder", "none", "--store", str(tmp_path), "--language", language]
    assert main(["semdiv", str(path), *options]) == 2
    assert message in capsys.readouterr().err


def test_columns_are_told_by_the_words_of_english() -> None:
    """Swapped, both English, as they should be, and a list without a pair."""
    english, other = "the house is on the hill and it was red", "das Haus steht auf einem Berg"
    assert scoring.misplaced([]) == ""
    assert scoring.misplaced([Pair(line=1, english=english, other=other)] * 4) == ""
    assert scoring.misplaced([Pair(line=1, english=other, other=english)] * 4).startswith("The columns look swapped")
    assert scoring.misplaced([Pair(line=1, english=english, other=english)] * 4).startswith("Both columns look English")
