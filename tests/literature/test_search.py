"""From a question to a lock: five databases and files, failures, going on, again, and a lock nobody may edit."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import served
from isogloss.cli import main
from isogloss.core.errors import LockError, SpecError
from isogloss.literature.lock import Lock, check_name
from isogloss.store.store import Store

DATABASES = ("openalex", "crossref", "semanticscholar", "arxiv", "unpaywall")


def at(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name in DATABASES:
        monkeypatch.setenv(f"ISOGLOSS_AT_{name.upper()}", address)


def search(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any, str]:
    status = main(["search", *words, "--json"])
    shown = capsys.readouterr()
    return status, json.loads(shown.out) if shown.out else None, shown.err


def local(tmp_path: Path, capsys: pytest.CaptureFixture[str], store: str = "store") -> Lock:
    folder = served.write(tmp_path / "in")
    status, _, error = search(
        capsys, served.QUESTION, "--in", str(folder), "--name", "q", "--store", str(tmp_path / store)
    )
    assert status == 0, error
    return Lock(Store(tmp_path / store), "q")


def test_files_become_a_flow_that_reconciles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """8 records, one merged by its DOI; a retracted, a machine-made and one without a word of the question left out."""
    folder = served.write(tmp_path / "in")
    status, found, _ = search(capsys, served.QUESTION, "--in", str(folder), "--store", str(tmp_path / "store"))
    assert status == 0
    counts = found["counts"]
    assert counts["by_source"] == {"acl": 5, "bibtex": 2, "ris": 1}
    assert (counts["identified"], counts["merged"], counts["screened"]) == (8, 1, 7)
    assert counts["by_reason"] == {"retracted": 1, "machine-made synthesis": 1, "no word of the question": 1}
    assert counts["included"] == counts["sought"] == 4
    assert found["included"][0]["id"] == "acl:2031.demo-main.1"


def test_databases_are_asked_page_by_page_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cursor, offset and start bring the second page; the five papers are found in four databases and merged by DOI;
    Unpaywall is asked about those that go on."""
    with served.serving(served.well) as (address, asked):
        at(monkeypatch, address)
        status, found, error = search(
            capsys, served.QUESTION, "--databases", ",".join(DATABASES), "--name", "q", "--store", str(tmp_path)
        )
    assert status == 0, error
    assert found["counts"]["by_source"] == {"arxiv": 5, "crossref": 3, "openalex": 5, "semanticscholar": 3}
    assert found["counts"]["screened"] < found["counts"]["identified"]
    assert sum("/v2/" in path for path in asked) >= 3
    rows = [json.loads(line) for line in (tmp_path / "evidence/q/answers.jsonl").read_text().splitlines()]
    assert {row["status"] for row in rows} == {200, 404}
    for row in rows:
        assert (tmp_path / "evidence/q/answers" / row["sha256"]).is_file()


def test_one_source_that_fails_is_named_and_asked_again_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTML instead of JSON: the others go on, exit status 1, and asking again mends it."""
    ill = True

    def answer(path: str, params: dict[str, str], headers: dict[str, str]) -> served.Answer:
        if ill and path == "/works" and "search" in params:
            return 200, {}, b"<!doctype html><title>busy</title>"
        return served.well(path, params, headers)

    words = (served.QUESTION, "--databases", "openalex,crossref", "--name", "q", "--store", str(tmp_path))
    with served.serving(answer) as (address, _):
        at(monkeypatch, address)
        status, found, _ = search(capsys, *words)
        assert status == 1
        assert "OpenAlex" in found["failed"][0]
        assert "<!doctype html>" in found["failed"][0]
        assert found["counts"]["by_source"] == {"crossref": 3}
        assert main(["doctor", "q", "--store", str(tmp_path)]) == 1
        ill = False
        capsys.readouterr()
        # the body that cannot be read is kept; what was answered is not asked for twice, so a new search is
        status, found, _ = search(capsys, "q", "--again", "--store", str(tmp_path))
    assert status == 0
    assert found["search"] == "q.2"
    assert found["counts"]["by_source"] == {"crossref": 3, "openalex": 5}
    assert len(found["changes"]["new"]) == 5


def test_a_missing_key_is_said_and_nothing_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenAlex without a key: exit 2 when it is all there is, with the name of the variable."""
    monkeypatch.delenv("OPENALEX_API_KEY", raising=False)
    status, _, error = search(capsys, served.QUESTION, "--databases", "openalex", "--store", str(tmp_path))
    assert status == 2
    assert "OPENALEX_API_KEY" in error


def test_a_rerun_in_another_folder_gives_the_same_lock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the question and the answers alone, in another store, offline: the same bytes in every file."""
    lock = local(tmp_path, capsys)
    other = tmp_path / "elsewhere" / "evidence" / "q"
    other.mkdir(parents=True)
    for name in ("question.json", "answers.jsonl"):
        shutil.copy(lock.at.root / name, other / name)
    shutil.copytree(lock.at.answers, other / "answers")
    assert search(capsys, "q", "--store", str(tmp_path / "elsewhere"))[0] == 0
    for path in sorted(lock.at.root.rglob("*")):
        if path.is_file() and path.name != "here.json":
            assert (other / path.relative_to(lock.at.root)).read_bytes() == path.read_bytes(), path


def test_two_searches_on_two_days_differ_in_their_times_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`content` of lock.json leaves times and headers out."""
    contents = []
    with served.serving(served.well) as (address, _):
        at(monkeypatch, address)
        for day in ("2031-01-01T00:00:00Z", "2032-02-02T00:00:00Z"):
            monkeypatch.setattr("isogloss.literature.search.time.strftime", lambda *_, day=day: day)
            store = tmp_path / day[:4]
            search(capsys, served.QUESTION, "--databases", "crossref,arxiv", "--name", "q", "--store", str(store))
            contents.append(json.loads((store / "evidence/q/lock.json").read_text()))
    assert contents[0]["content"] == contents[1]["content"]
    assert contents[0]["files"] != contents[1]["files"]


@pytest.mark.parametrize(
    "name", ["question.json", "answers.jsonl", "records.jsonl", "merges.jsonl", "screening.jsonl", "lock.json"]
)
def test_a_lock_edited_by_hand_is_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is computed from it; the error names the file."""
    lock = local(tmp_path, capsys)
    path = lock.at.root / name
    text = path.read_text("utf-8")
    path.write_text(text.replace("2031", "2032") if "2031" in text else text.replace("a", "b", 1), "utf-8")
    with pytest.raises(LockError, match=name.replace(".", r"\.") if name != "lock.json" else "lock"):
        Lock(Store(tmp_path / "store"), "q").verify()
    assert main(["doctor", "q", "--store", str(tmp_path / "store")]) == 1


def test_a_body_that_is_gone_or_changed_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bodies are named by their hash."""
    lock = local(tmp_path, capsys)
    body = next(lock.at.answers.iterdir())
    body.write_bytes(body.read_bytes() + b" ")
    with pytest.raises(LockError, match=body.name):
        lock.verify()
    body.unlink()
    with pytest.raises(LockError, match="not there"):
        lock.verify()


def test_a_lock_cannot_name_a_file_outside_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path with .. in lock.json is refused before it is opened."""
    lock = local(tmp_path, capsys)
    found = json.loads(lock.at.lock.read_text())
    found["files"]["../../VERSION"] = "0" * 64
    lock.write_json(lock.at.lock, found)
    with pytest.raises(LockError, match="not a file of a search"):
        lock.verify()


@pytest.mark.parametrize("question", ["", "transfer", "the of and", "?"])
def test_a_question_of_one_word_is_refused(question: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, and no folder."""
    folder = served.write(tmp_path / "in")
    assert main(["search", question, "--in", str(folder), "--store", str(tmp_path / "store")]) == 2
    assert "content word" in capsys.readouterr().err
    assert not (tmp_path / "store" / "evidence").exists()


def test_nothing_found_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No hit is a result, with the words that were asked for."""
    folder = served.write(tmp_path / "in")
    assert main(["search", "quantum chromodynamics lattice", "--in", str(folder), "--store", str(tmp_path / "s")]) == 0
    assert "Nothing was found. Asked for: quantum chromodynamics lattice" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["../x", "a/b", ".x", "", "x" * 81, "a\n"])
def test_a_name_is_no_path(name: str) -> None:
    """A search's name is one folder's."""
    with pytest.raises(SpecError):
        check_name(name)


def test_another_question_under_the_same_name_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a lock was made of never changes under its name."""
    local(tmp_path, capsys)
    folder = str(tmp_path / "in")
    assert (
        main(
            ["search", "Another question about rice", "--in", folder, "--name", "q", "--store", str(tmp_path / "store")]
        )
        == 2
    )
    assert "asks something else" in capsys.readouterr().err


def test_a_broken_file_is_named_and_the_others_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Truncated XML and a file with entities: named with their line; what can be read is."""
    folder = served.write(tmp_path / "in")
    (folder / "cut.xml").write_text(served.ACL[:900], "utf-8")
    (folder / "bomb.xml").write_text('<!DOCTYPE c [<!ENTITY a "b">]><collection id="x">&a;</collection>', "utf-8")
    status, found, _ = search(capsys, served.QUESTION, "--in", str(folder), "--store", str(tmp_path / "store"))
    assert status == 1
    assert sorted(each.split(":")[0].split(",")[0] for each in found["failed"]) == ["bomb.xml", "cut.xml"]
    assert found["counts"]["identified"] == 8


def test_a_dry_run_writes_the_question_and_asks_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`plan NAME` says requests, seconds at each database's rate and money."""
    with served.serving(served.well) as (address, asked):
        at(monkeypatch, address)
        words = ["--databases", "openalex,arxiv", "--limit", "1000", "--name", "q", "--store", str(tmp_path)]
        assert main(["search", served.QUESTION, *words, "--dry-run"]) == 0
        capsys.readouterr()
        assert main(["plan", "q", "--store", str(tmp_path), "--json"]) == 0
        assert not asked
    plan = {each["database"]: each for each in json.loads(capsys.readouterr().out)["databases"]}
    assert plan["openalex"]["requests"] == 10
    assert plan["openalex"]["dollars"] == pytest.approx(0.01)  # $1 per 1,000 searches: developers.openalex.org
    assert plan["arxiv"]["seconds"] == pytest.approx(30)  # one request every 3 s: arXiv's terms of use


def test_a_retraction_watch_table_marks_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table among the files: the paper of its row is left out as retracted."""
    folder = served.write(tmp_path / "in")
    head = "Record ID,Title,OriginalPaperDOI,RetractionNature,RetractionDate,Reason"
    (folder / "retractions.csv").write_text(
        head + "\n1,Bridge,10.5555/RIS.1,Retraction,7/12/2031 0:00,+Unreliable Results;\n"
    )
    _, found, _ = search(
        capsys, served.QUESTION, "--in", str(folder), "--name", "q", "--store", str(tmp_path / "store")
    )
    assert found["counts"]["by_reason"]["retracted"] == 2
    rows = (tmp_path / "store/evidence/q/records.jsonl").read_text()
    assert '"date":"2031-07-12"' in rows


def test_a_database_nobody_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The nearest name is suggested, and no folder is made."""
    assert main(["search", served.QUESTION, "--databases", "openalx", "--store", str(tmp_path / "s")]) == 2
    assert "Did you mean 'openalex'?" in capsys.readouterr().err


def test_one_file_named_twice_is_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A copy under the same name in another folder adds no records."""
    first, second = served.write(tmp_path / "a"), served.write(tmp_path / "b")
    _, found, _ = search(capsys, served.QUESTION, "--in", str(first), str(second), "--store", str(tmp_path / "s"))
    assert found["counts"]["identified"] == 8


def test_a_search_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A budget that ends after the first page: exit status 1 and when to come back; the same command asks the second
    page alone, and ends with the records of a search that was not stopped."""
    spent = True

    def answer(path: str, params: dict[str, str], headers: dict[str, str]) -> served.Answer:
        if spent and params.get("cursor") == "next":
            return 429, {"retry-after": "54000"}, b""
        return served.well(path, params, headers)

    words = (served.QUESTION, "--databases", "openalex", "--name", "q", "--store", str(tmp_path))
    with served.serving(answer) as (address, asked):
        at(monkeypatch, address)
        status, found, _ = search(capsys, *words)
        assert (status, found["counts"]["identified"]) == (1, 3)
        assert "come back in 15.0 h" in found["failed"][0]
        assert main(["plan", "q", "--store", str(tmp_path), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["databases"][0]["answered"] == 1
        spent = False
        before = len(asked)
        status, found, _ = search(capsys, "q", "--store", str(tmp_path))
        assert (status, found["counts"]["identified"], len(asked) - before) == (0, 5, 1)
        assert main(["doctor", "q", "--store", str(tmp_path)]) == 0


@pytest.mark.real
def test_the_founding_question(real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Over 12 collections the paper that answers it comes first; eight of ten papers picked by hand are among forty."""
    question = (
        "What is the impact of semantic divergence between English intermediate tasks and target non-English tasks in "
        "XTREME-R on the robustness of zero-shot cross-lingual transfer?"
    )
    _, found, _ = search(capsys, question, "--in", str(real / "evidence/acl_anthology/xml"), "--store", str(tmp_path))
    names = [each["ids"]["acl"] for each in found["included"]]
    picked = {
        "2020.emnlp-main.40", "2020.emnlp-main.368", "2020.emnlp-main.121", "2020.emnlp-main.363",
        "2020.emnlp-main.618",
        "2021.naacl-main.197", "2021.eacl-main.270", "2021.acl-long.244", "2020.acl-main.467", "2020.acl-main.747",
    }  # fmt: skip
    assert found["counts"]["identified"] == 4547
    assert names[0] == "2020.aacl-main.56"
    assert len(picked & set(names)) >= 8


def test_a_search_in_a_store_at_a_url(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another machine that opens the URL finds the search whole."""
    folder, place = served.write(tmp_path / "in"), f"file://{tmp_path}/there"
    assert search(capsys, served.QUESTION, "--in", str(folder), "--name", "q", "--store", place)[0] == 0
    assert main(["read", "q", "--store", place]) == 0
    Lock(Store(tmp_path / "there"), "q").verify()
