"""From a lock to texts and judged claims, on the command line: what is held, what differs, the same bytes."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import served
from isogloss.cli import main

CLAIMS = (
    "The best bridge task gains 4.2 points over the plain encoder on XNLI, and 1.7 points on PAWS-X.",
    "The best bridge task gains 4.9 points over the plain encoder on XNLI.",
    "Seven bridge tasks are compared before the target task of the",
    "More steps consistently beat plain bridge training.",
)


def steps(tmp_path: Path, store: str = "store") -> list[list[str]]:
    folder = served.write(tmp_path / "in")
    claims = tmp_path / "claims.txt"
    claims.write_text("\n".join(CLAIMS) + "\n", "utf-8")
    place = ["--store", str(tmp_path / store)]
    return [
        ["search", served.QUESTION, "--in", str(folder), "--name", "q", *place], ["read", "q", *place],
        ["verify", "q", "--claims", str(claims), *place],
    ]  # fmt: skip


def json_of(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    main([*words, "--json"])
    return json.loads(capsys.readouterr().out)


def test_the_three_verbs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Quoted with its figures: supported; another number: refuted; cut off or weaker in the source: undecided."""
    search, read, verify = steps(tmp_path)
    assert main(search) == 0
    found = json_of(capsys, *read)
    assert found["counts"]["included"] == found["counts"]["sought"] == 4
    assert {each["kind"] for each in found["candidates"]} >= {"figure", "method"}
    judged = json_of(capsys, *verify)
    assert [each["status"] for each in judged] == ["supported", "refuted", "undecided", "undecided"]
    assert [each["by"] for each in judged] == ["verbatim", "figures", "", ""]
    assert "breaks off" in judged[2]["reason"]
    assert "Neither" in judged[3]["reason"]
    for each in judged:
        assert {"claim", "status", "level", "reason", "checks"} <= each.keys()
        for passage in each["passages"]:
            assert passage["text"]
    assert main(verify) == 0
    assert "1 supported, 1 refuted, 2 undecided" in capsys.readouterr().out
    assert main(["doctor", "q", *search[-2:]]) == 0


def test_the_same_lock_and_outcomes_in_another_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lock copied to another store and checked there, and a search made anew: the same bytes in every file."""
    for words in steps(tmp_path):
        assert main(words) == 0
    here = tmp_path / "store/evidence/q"
    expected = {
        path.relative_to(here): path.read_bytes()
        for path in here.rglob("*")
        if path.is_file() and path.name != "here.json"
    }
    shutil.copytree(here, tmp_path / "copied/evidence/q")
    for name in ("copied", "anew"):
        for words in steps(tmp_path, name)[1 if name == "copied" else 0 :]:
            assert main(words) == 0
        there = tmp_path / name / "evidence/q"
        assert {path: (there / path).read_bytes() for path in expected} == expected
    capsys.readouterr()


def test_files_are_matched_and_versions_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By Anthology id, by arXiv id with version, by title; one that matches nothing is named and not held."""
    search, _, _ = steps(tmp_path)
    assert main(search) == 0
    folder = tmp_path / "docs"
    folder.mkdir()
    tex = (
        r"\documentclass{article}\begin{document}\title{x} We gain 4.2 points. \input{/etc/passwd} More.\end{document}"
    )
    (folder / "2031.demo-main.1.tex").write_text(tex)
    (folder / "3001.00001v2.txt").write_text("Version two of a text.")
    (folder / "paper.txt").write_text("Bridge transfer, seen from afar\nAda Stone\nBridge tasks help little.")
    (folder / "stray.txt").write_text("Nothing to do with any of them at all.")
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4\nrubbish")
    place = search[-2:]
    found = json_of(capsys, "read", "q", "--documents", str(folder), *place)
    held = {(each["record"], each["format"]): each for each in found["documents"]}
    assert ("acl:2031.demo-main.1", "latex") in held
    assert held["bibtex:field30", "text"]["version"] == "v2"
    assert ("ris:r1", "text") in held
    assert len(found["notes"]) == 2
    text = (tmp_path / "store/evidence/q/documents" / held["acl:2031.demo-main.1", "latex"]["text"]).read_text()
    assert "4.2 points" in text
    assert "root" not in text


@pytest.mark.parametrize(
    "name", ["documents.jsonl", "passages.jsonl", "candidates.jsonl", "claims.jsonl", "outcomes.jsonl"]
)
def test_what_was_read_cannot_be_edited(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed row, or a changed text, and nothing is computed."""
    for words in steps(tmp_path):
        assert main(words) == 0
    path = tmp_path / "store/evidence/q" / name
    text = path.read_text("utf-8")
    path.write_text(text.replace("e", "E", 1), "utf-8")
    assert main(steps(tmp_path)[2]) == 2
    assert "LockError" in capsys.readouterr().err
    path.write_text(text, "utf-8")
    body = next((path.parent / "answers").iterdir())
    body.write_bytes(body.read_bytes() + b"x")
    assert main(steps(tmp_path)[2]) == 2


def test_killed_at_any_moment_the_lock_is_the_same(tmp_path: Path) -> None:
    """kill -9 during search, read and verify: the same command ends with an undisturbed one's bytes."""
    moments = random.Random(20310101)
    locks = []
    for store in ("alone", "killed"):
        for words in steps(tmp_path, store):
            command = [sys.executable, "-m", "isogloss", *words]
            for _ in range(store == "killed"):
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(moments.uniform(0.1, 0.8))
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
            subprocess.run(command, check=True, capture_output=True)
        locks.append((tmp_path / store / "evidence/q/lock.json").read_bytes())
    assert locks[0] == locks[1]


TEN = Path(__file__).parent / "founding_claims.txt"


@pytest.mark.real
def test_the_founding_documents_ten_claims(real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By rules alone, from the collection that holds the paper: none supported, none refuted, the figures of 5 and
    9 agree; tampered, they differ; what it cites and is not there is not found."""
    place = ["--store", str(tmp_path / "store")]
    xml = real / "evidence/acl_anthology/xml/2020.aacl.xml"
    question = "Does English intermediate-task training improve zero-shot cross-lingual transfer on XTREME?"
    assert main(["search", question, "--in", str(xml), "--name", "q", "--most", "14", *place]) == 0
    assert main(["read", "q", *place]) == 0
    judged = json_of(capsys, "verify", "q", "--claims", str(TEN), *place)
    assert {each["status"] for each in judged} == {"undecided"}
    figures = [next(c["says"] for c in each["checks"] if c["check"] == "figures") for each in judged]
    assert [number for number, says in enumerate(figures, 1) if says == "agree"] == [5, 9]
    tampered = tmp_path / "tampered.txt"
    text = TEN.read_text("utf-8")
    tampered.write_text(text.replace("of 5.4", "of 6.1").replace("with nine", "with seven"), "utf-8")
    judged = json_of(capsys, "verify", "q", "--claims", str(tampered), *place)
    assert [number for number, each in enumerate(judged, 1) if each["status"] == "refuted"] == [5, 9]
    cited = tmp_path / "cited.jsonl"
    cited.write_text('{"id": 1, "claim": "Nine intermediate tasks are compared.", "cited_doc_ids": ["2109.15242"]}\n')
    judged = json_of(capsys, "verify", "q", "--claims", str(cited), *place)
    assert "2109.15242 not found in: acl" in judged[0]["reason"]
    assert main(["doctor", "q", *place]) == 1
