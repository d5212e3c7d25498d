"""An optional language model over loopback: it answers well, badly, or not at all, and decides nothing alone."""

import json
from pathlib import Path
from typing import Any

import pytest

import served
from isogloss.cli import main

TRUE = "The best bridge task gains 4.2 points over the plain encoder on XNLI, and 1.7 points on PAWS-X."
CLAIM = "On XNLI, the plain encoder loses by 4.2 points to the best of the bridge tasks."


def reply(label: str, quote: str) -> served.Answer:
    content = json.dumps({"label": label, "quote": quote})
    return 200, {}, json.dumps({"choices": [{"message": {"content": content}}]}).encode()


@pytest.fixture
def search(tmp_path: Path) -> Path:
    folder, claims = served.write(tmp_path / "in"), tmp_path / "claims.txt"
    claims.write_text(f"{CLAIM}\n", "utf-8")
    store = str(tmp_path / "store")
    assert main(["search", served.QUESTION, "--in", str(folder), "--name", "q", "--store", store]) == 0
    assert main(["read", "q", "--store", store]) == 0
    return tmp_path


def verified(search: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the claim, what the check `model` says)."""
    capsys.readouterr()
    asked = ["verify", "q", "--claims", str(search / "claims.txt"), "--store", str(search / "store"), "--json", *words]
    assert main(asked) == 0
    (claim,) = json.loads(capsys.readouterr().out)
    return claim, next(each for each in claim["checks"] if each["check"] == "model")


@pytest.mark.parametrize(
    ("answer", "says"),
    [(reply("refuted", "A sentence that stands in no paper."), "not found"), (reply("undecided", ""), "undecided"),
     ((200, {}, b"<html>"), "no answer"), ((200, {}, b'{"choices": []}'), "no answer"), ((500, {}, b""), "no answer"),
     (reply("supported", "too short"), "not found")],
)  # fmt: skip
def test_what_is_not_quoted_or_not_answered_decides_nothing(
    search: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, answer: served.Answer, says: str
) -> None:
    """An invented sentence, another form, an error of the server: the claim stays undecided, with the reason."""
    monkeypatch.setattr("isogloss.literature.web.PATIENCE", 1.0)
    monkeypatch.setattr("isogloss.literature.web.ATTEMPTS", 1)
    with served.serving(lambda *_: (answer[0], dict(answer[1]), answer[2])) as (address, _):
        claim, found = verified(search, capsys, "--reader", address, "--model", "m")
    assert found["says"] == says
    assert claim["status"] == "undecided"


def test_a_sentence_that_stands_there_counts_unless_a_rule_objects(
    search: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Supported by a quotation that is found; a claim with another figure is not, whatever it quotes."""
    with served.serving(lambda *_: reply("supported", TRUE)) as (address, _):
        claim, found = verified(search, capsys, "--reader", address, "--model", "m")
        assert found["says"] in ("supported", "vetoed")
        (search / "claims.txt").write_text(CLAIM.replace("4.2", "6.9") + "\n", "utf-8")
        claim, found = verified(search, capsys, "--reader", address, "--model", "m")
    assert found["says"] == "vetoed"
    assert claim["status"] != "supported"


def test_kept_answers_are_given_again_offline(search: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One question is not asked twice; without a server the lock answers; an answer that was changed is refused."""
    with served.serving(lambda *_: reply("supported", TRUE)) as (address, asked):
        first = verified(search, capsys, "--reader", address, "--model", "m")
        assert verified(search, capsys, "--reader", address, "--model", "m") == first
        assert len(asked) == 1
    assert verified(search, capsys, "--model", "m") == first
    assert verified(search, capsys, "--model", "other")[1]["says"] == "no answer"
    assert verified(search, capsys)[1]["says"] == "not asked"
    (kept,) = (search / "store/evidence/q/asked").iterdir()
    kept.write_text(kept.read_text().replace("supported", "refuted"))
    words = ["verify", "q", "--claims", str(search / "claims.txt"), "--store", str(search / "store"), "--model", "m"]
    assert main(words) == 2
    assert "LockError" in capsys.readouterr().err


def test_an_address_without_a_model_is_an_error(search: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--reader needs --model, and an address with http."""
    words = ["verify", "q", "--claims", str(search / "claims.txt"), "--store", str(search / "store")]
    assert main([*words, "--reader", "http://localhost:1"]) == 2
    assert "--model" in capsys.readouterr().err
    assert main([*words, "--reader", "ftp://x", "--model", "m"]) == 2
