"""Estimates come from what was seen here, else from arithmetic."""

import dataclasses
from collections.abc import Callable

import pytest

from isogloss.core.parts import MLM, Bottleneck
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Published, RunSpec
from isogloss.models.memory import PUBLISHED
from isogloss.plan import estimate
from isogloss.plan.estimate import Estimator, parameters
from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run import local
from standin import work


def test_finished_jobs_of_a_kind_tell_the_time(site: Site, planned: Callable[[], list[Job]]) -> None:
    """After one seed has run at 0.01 s a step and 0.5 s an example, the next seed is expected to take as long."""
    first = planned()
    assert [job.seconds for job in first] == [None] * len(first)
    jobs = [job for job in first if "seed 1" not in job.title]
    local.run(jobs, site, Progress(jobs), do=work)
    left = {job.kind: job.seconds for job in planned()}
    assert left == {"train": pytest.approx(0.01 * 3), "evaluate": pytest.approx(0.5 * 6)}


def test_an_own_encoder_is_counted(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    """Six operations per parameter and sub-word over a quarter of the measured peak, and a fixed part."""
    monkeypatch.setattr(estimate, "peak", lambda: 1e9)
    spec = RunSpec(
        encoder=Architecture(vocabulary=1000, width=10, layers=2, hidden=20, positions=100),
        phases=(Phase(stage="pretrain", tasks=("text",), steps=100, tokens=512),),
    )
    layers = 2 * (4 * 100 + 2 * 200)
    assert parameters(spec) == (1000 + 100) * 10 + layers
    job = Job(kind="train", id=spec.run_id, title="", run=spec, steps=100)
    (filled,) = Estimator(site.store).fill([job])
    work = 6 * (layers + 1000 * 10 / 4) * 512 / (estimate.REACHED * 1e9)
    assert filled.seconds == pytest.approx(estimate.BEGIN + 100 * (estimate.OVERHEAD + work))
    assert filled.bytes == 4 * parameters(spec)


def test_a_prompt_counts_once_for_each_of_its_choices() -> None:
    """An example of 150 characters of which an encoder reads 480, in four rows: 160 sub-words, not 50; cut at 32 they
    are 3.2 times 32 at most."""
    job = Job(kind="train", id="x", title="", examples=100, characters=15_000, read=48_000)
    start = RunSpec(encoder=Published(name="far/away"))
    for length, each in ((128, 160), (32, 3.2 * 32)):
        phase = Phase(stage="target", tasks=("siqa",), epochs=1, batch=16, length=length)
        assert estimate.step_subwords(dataclasses.replace(job, run=start.then(phase))) == pytest.approx(16 * each)


def test_adapters_that_are_saved_alone_are_counted_alone(site: Site) -> None:
    """By hand, width 8, 2 layers, bottleneck 3: down 8·3 + 3, up 3·8 + 8, so 59 a layer. Invertible: F and G are each
    4·2 + 2 + 2·4 + 4 = 22. Two languages: 2 · (2 · 59 + 44) = 324. A task on top: 118."""
    shape = Architecture(vocabulary=1000, width=8, layers=2, hidden=20, positions=100)
    base = RunSpec(encoder=shape, phases=(Phase(stage="pretrain", tasks=("text",), steps=10),))
    spoken = base.then(
        Phase(stage="intermediate", tasks=("text",), languages=("en", "de"), steps=10,
              adapters=Bottleneck(width=3, per_language=True, invertible=True))
    )  # fmt: skip
    task = spoken.then(Phase(stage="target", tasks=("nli",), steps=10, adapters=Bottleneck(width=3)))
    jobs = [Job(kind="train", id=spec.run_id, title="", run=spec, steps=10) for spec in (base, spoken, task)]
    filled = Estimator(site.store).fill(jobs)
    assert [job.bytes for job in filled] == [4 * parameters(base), 4 * 324, 4 * 118]


def test_the_halves_of_an_odd_width_are_counted_exactly() -> None:
    """Width 9: halves of 4 and 5, F and G by 9 // 4 = 2: 4·2 + 2 + 2·5 + 5 and 5·2 + 2 + 2·4 + 4, so 49."""
    shape = Architecture(vocabulary=1000, width=9, layers=1, hidden=20, positions=100)
    base = RunSpec(encoder=shape, phases=(Phase(stage="pretrain", tasks=("text",), steps=10),))
    plain, invertible = (
        base.then(
            Phase(stage="intermediate", tasks=("text",), steps=10,
                  adapters=Bottleneck(width=3, per_language=True, invertible=outer))
        )
        for outer in (False, True)
    )  # fmt: skip
    assert estimate.saved(invertible, 10**6) - estimate.saved(plain, 10**6) == 49


def test_of_a_published_table_the_rows_are_counted_that_the_text_asks_for() -> None:
    """30,000 sub-words hold some 25 × √30,000 = 4,330 distinct ones, in each phase; masked language modelling, all."""
    target = Phase(stage="target", tasks=("sib200",), epochs=1)
    start = RunSpec(encoder=Published(name="xlm-roberta-base"))
    shape = PUBLISHED["xlm-roberta-base"]
    for spec, rows in (
        (start.then(target), 4_330),
        (start.then(target).then(target), 8_660),
        (start.then(dataclasses.replace(target, mlm=MLM(share=0.5, tasks=("wiki",)))), shape.vocabulary),
    ):
        assert estimate.saved(spec, shape.table + shape.body, 90_000) == shape.body + rows * shape.width


def test_a_published_encoder_on_this_disk_is_counted(tmp_path_factory: pytest.TempPathFactory) -> None:
    """XLM-R Base's configuration gives its size, 278 million parameters in all, within two percent."""
    folder = tmp_path_factory.mktemp("xlmr")
    (folder / "config.json").write_text(
        '{"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, '
        '"intermediate_size": 3072, "vocab_size": 250002, "max_position_embeddings": 514}'
    )
    # 278,043,648 is what transformers counts for XLMRobertaModel(XLMRobertaConfig of these values), pooler included.
    assert parameters(RunSpec(encoder=Published(name=str(folder)))) == pytest.approx(278_043_648, rel=0.02)
    assert parameters(RunSpec(encoder=Published(name="somewhere/else"))) is None


def test_the_peak_is_measured() -> None:
    """A matrix product here reaches some billion operations a second, and is measured once."""
    assert 1e8 < estimate.peak() < 1e15
    assert estimate.peak() == estimate.peak()
