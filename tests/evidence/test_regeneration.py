"""The founding document's question and claims over the real collections: what may be said, and what never."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from isogloss.cli import main

DATA = Path(os.environ.get("ISOGLOSS_DATA") or "../shared/data")
COLLECTIONS = DATA / "evidence" / "acl_anthology" / "xml"
CLAIMS = Path(__file__).parents[1] / "literature" / "founding_claims.txt"
QUESTION = (
    "What is the impact of semantic divergence between English intermediate tasks and target non-English tasks in "
    "XTREME-R on the robustness of zero-shot cross-lingual transfer?"
)
NEVER, AGREE, ABSTRACT = ("1", "2", "4", "6", "7", "10"), ("5", "9"), "2020.aacl-main.56"


def written(path: Path, change: Any = str) -> Path:
    """The ten claims, each citing the paper; the first also a paper that nobody has."""
    lines = [change(line) for line in CLAIMS.read_text("utf-8").splitlines() if line.strip()]
    rows = [
        {"id": str(number), "claim": line, "cited_doc_ids": [ABSTRACT, *(["2109.15242v3"] if number == 1 else [])]}
        for number, line in enumerate(lines, 1)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.mark.skipif(not COLLECTIONS.is_dir(), reason="the Anthology's collections are not here")
def test_the_founding_document_made_true(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 of 10 supported; figures agree in two and differ once swapped; the stranger is not found; counts reconcile."""
    collections = COLLECTIONS.resolve()
    monkeypatch.chdir(tmp_path)
    claims = written(tmp_path / "claims.jsonl")
    words = ["synthesis", QUESTION, "--in", str(collections), "--name", "f", "--claims", str(claims), "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    counts, judged = found["counts"], {each["id"]: each for each in found["claims"]}
    says = {name: {each["check"]: each["says"] for each in claim["checks"]} for name, claim in judged.items()}
    assert counts["identified"] - counts["merged"] - counts["excluded"] - counts["not_held"] == counts["included"]
    assert len({each["id"] for each in found["included"]}) == counts["included"] >= 14
    assert [name for name in NEVER if judged[name]["status"] == "supported"] == []
    assert [says[name]["figures"] for name in AGREE] == ["agree", "agree"]
    lost = [each["cited"] for each in found["references"] if each["status"] == "not found"]
    assert lost == ["2109.15242v3"]
    assert found["panel"]["low"] < found["panel"]["high"]
    swapped = written(tmp_path / "swapped.jsonl", lambda line: line.replace("5.4", "6.1").replace("nine", "seven"))
    assert main(["verify", "f", "--claims", str(swapped), "--json"]) == 0
    judged = {each["id"]: each for each in json.loads(capsys.readouterr().out)}
    for name in AGREE:
        assert {each["check"]: each["says"] for each in judged[name]["checks"]}["figures"] == "differ"
