"""A store in a notebook: its studies, and everything of a study as Arrow tables and figures."""

import shlex
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from isogloss.analysis.measured import divergences
from isogloss.core.errors import StoreError, UnknownName
from isogloss.face.columns import table
from isogloss.report.findings import Findings, work_out
from isogloss.store.mirror import opened
from isogloss.store.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

    from isogloss.report.parts.chart import Figure

ALIKE = {"gains": "ranking", "scores": "languages"}
"""What a figure may be called besides its name: the page's two figures over all targets."""


def open(place: str | Path = "store") -> "OpenStore":  # noqa: A001
    """Open a store, to look at its studies. Nothing in it is changed or run.

    Args:
        place: a folder, or a URL such as "s3://bucket/store"

    Returns:
        the store; `[name]` gives a study, iterating gives the names

    Raises:
        StoreError: for a folder that is not a store, or a newer one

    Examples:
        >>> import isogloss
        >>> store = isogloss.open(example_store)
        >>> list(store)
        ['example']
        >>> store["example"].scores().column_names[:4]
        ['encoder', 'copy', 'intermediate', 'target']
    """
    path = place if isinstance(place, str) and "://" in place else Path(place)
    if isinstance(path, Path) and not path.is_dir():
        raise StoreError(f"{path}: no such folder. Name a store, or make one: isogloss run demo")
    store = opened(path)
    store.sync()
    return OpenStore(store)


class OpenStore(Mapping[str, "OpenStudy"]):
    """The studies of a store by name."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __getitem__(self, name: str) -> "OpenStudy":
        """A study. Raises UnknownName, a KeyError's place being taken by the names that there are."""
        self.store.study(name)
        return OpenStudy(self.store, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.store.studies())

    def __len__(self) -> int:
        return len(self.store.studies())

    def __contains__(self, name: object) -> bool:
        return name in self.store.studies()

    def __repr__(self) -> str:
        return f"<store {self.store}: {', '.join(self) or 'no study yet'}>"


class OpenStudy:
    """One study. Every table is a `pyarrow.Table`: `.to_pandas()`, or `polars.from_arrow(…)`.

    Values are in [0, 1]; the page shows them × 100. Undefined values are null.
    """

    def __init__(self, store: Store, name: str) -> None:
        self.store, self.name = store, name

    @cached_property
    def findings(self) -> Findings:
        """The study worked out once, as for its page."""
        return work_out(self.store, self.name)

    def scores(self) -> "pa.Table":
        """Every score of every run, with its gain over no intermediate task paired by encoder and seed.

        Returns:
            one row for each run, test, way of testing, language and metric

        Examples:
            >>> study = isogloss.open(example_store)["example"]
            >>> study.scores().num_rows > 0
            True
        """
        from isogloss.analysis.tidy import tidy

        return table(tidy(self.findings.ledger), rename={"replicate": "copy"})

    def gains(self) -> "pa.Table":
        """What each intermediate task brought over none: means over encoders and seeds, as on the page.

        Returns:
            one row for each target, intermediate task and language; language "" is the mean over all but English.
            `decided` says whether the interval leaves out 0 and holds what was replicated

        Examples:
            >>> study = isogloss.open(example_store)["example"]
            >>> "decided" in study.gains().column_names
            True
        """
        rows = []
        for board in self.findings.every:
            for condition in board.conditions:
                samples = {**condition.gains}
                if "gain others" in condition.outcomes:
                    samples[""] = condition.outcomes["gain others"]
                for language, sample in samples.items():
                    estimate = sample.estimate()
                    rows.append(
                        {"encoder": board.encoder, "target": board.task, "metric": board.metric,
                         "variant": board.variant, "intermediate": condition.name, "language": language,
                         "gain": estimate.value, "low": estimate.low, "high": estimate.high, "unit": estimate.unit,
                         "encoders": estimate.encoders, "runs": estimate.runs, "decided": estimate.decided}
                    )  # fmt: skip
        return table(rows)

    def outcomes(self) -> "pa.Table":
        """Gain, gap, retention, worst language and the other outcomes of transfer, each with its interval.

        Returns:
            one row for each encoder, intermediate task, target, language and outcome; docs/science.md defines them
        """
        from isogloss.analysis.outcomes import outcomes

        return table(outcomes(self.findings.ledger).rows)

    def divergences(self) -> "pa.Table":
        """How far each intermediate task lies from each target in each language, as `isogloss measure` found.

        Returns:
            one row for each measure, intermediate task, target and language, with interval and noise floor

        Raises:
            StoreError: where nothing was measured yet
        """
        rows = divergences(self.store, self.store.study(self.name))
        if not rows:
            raise StoreError(f"{self.name}: nothing was measured yet. Run: isogloss measure {shlex.quote(self.name)}")
        return table(rows)

    def verdicts(self) -> "pa.Table":
        """What each measure of divergence does to each outcome: supported, refuted or undecided, and why.

        Returns:
            one row for each measure and outcome, as `isogloss analyse` judged

        Raises:
            StoreError: where the study was not analysed yet
        """
        from isogloss.report import concluded

        analysis = concluded.read(self.findings.ledger)
        if analysis is None:
            raise StoreError(f"{self.name}: it was not analysed yet. Run: isogloss analyse {shlex.quote(self.name)}")
        return table(analysis.verdicts)

    def figures(self) -> "dict[str, Figure]":
        """Every figure of the page by its name."""
        from isogloss.report.page import page

        return page.figures(self.findings)

    def figure(self, name: str) -> "Figure":
        """One figure of the page; a notebook shows it.

        Args:
            name: "gains" (all intermediate tasks, ranked), "scores" (all languages), or a name that `figures` lists

        Raises:
            UnknownName: for a name that the page does not have

        Examples:
            >>> study = isogloss.open(example_store)["example"]
            >>> study.figure("gains").svg.startswith("<svg")
            True
        """
        known = self.figures()
        for candidate in (name, ALIKE.get(name, name)):
            if candidate in known:
                return known[candidate]
        raise UnknownName.of("figure", name, [*known, *ALIKE], f"of study '{self.name}'")

    def __repr__(self) -> str:
        runs = len(self.findings.ledger.records)
        return f"<study {self.name}: {runs} runs, {len(self.findings.targets)} targets; {self._verdict()}>"

    def _verdict(self) -> str:
        from isogloss.report.page import lead
        from isogloss.report.parts import names

        ledger = self.findings.ledger
        return lead.lead(self.findings.ranking, names.of(ledger), ledger.missing).says

    def _repr_html_(self) -> str:
        """The first screen of the page, in a frame, so that its style stays its own."""
        from html import escape

        from isogloss.report.page import page

        screen = escape(page.first_screen(self.findings))
        return f'<iframe srcdoc="{screen}" style="width: 100%; height: 46rem; border: 0"></iframe>'
