"""Scores in languages that were not measured: what is said, how wide, and when nothing is."""

from collections.abc import Mapping

import numpy as np
import pytest

from isogloss.advice import levels
from isogloss.advice.forecast import Asked, Forecast, forecast
from isogloss.advice.measured import Cell
from isogloss.advice.tables import Level

MANY = ("de", "fr", "ru", "sw", "ur", "th", "vi", "zh", "ar", "hi", "tr", "bg", "el", "es")


def asked(languages: tuple[str, ...] = ("nl", "yo"), target: str = "ours", arm: str = "none") -> Asked:
    """Of a task that no table has."""
    return Asked(target=target, encoder="xlm-roberta-base", languages=languages, chance=0.25, arm=arm)


def cell(scores: Mapping[str, float], target: str = "ours", encoder: str = "xlm-roberta-base") -> Cell:
    """One run."""
    return Cell(study="s", encoder=encoder, target=target, arm="none", chance=0.25, runs={encoder: scores}, seconds=1.0)


def line(found: Forecast, code: str):
    """Of one language."""
    return next(each for each in found.lines if each.language == code)


def smooth(count: int) -> dict[str, float]:
    """Scores that fall from language to language."""
    return {"en": 0.9} | {code: 0.85 - 0.02 * place for place, code in enumerate(MANY[:count])}


def test_from_english_alone_nothing_is_said() -> None:
    """An unknown task with an English score: "do not know" everywhere, and which languages to label."""
    found = forecast(asked(), [cell({"en": 0.9})], published=())
    assert [each.score for each in found.lines] == [None, None]
    assert all("3 are needed" in each.why for each in found.lines)
    assert len(found.label) == 2


def test_an_empty_store_says_nothing_of_an_unknown_task() -> None:
    """No data at all is no error."""
    assert all(each.score is None for each in forecast(asked(), [], published=()).lines)


def test_measured_scores_are_shown_as_measured() -> None:
    """Never forecast, whatever the surface would say."""
    found = forecast(asked(("de", "nl")), [cell(smooth(14))], published=())
    assert line(found, "de").measured
    assert line(found, "de").score == 0.85
    assert not line(found, "nl").measured


def test_eight_languages_give_no_90_percent_interval() -> None:
    """n ≥ 9 is needed; 80% may be said."""
    found = forecast(asked(("nl",)), [cell(smooth(8))], published=())
    assert line(found, "nl").low is None
    assert "9 are needed for 90%" in line(found, "nl").why or line(found, "nl").score is None


def test_twelve_languages_give_both() -> None:
    """The 90% interval holds the 80% one, and the score lies in both."""
    scores = {"en": 0.9} | {code: 0.9 - 0.05 * (each % 4) for each, code in enumerate(MANY[:12])}
    told = line(forecast(asked(("es",)), [cell(scores)], published=()), "es")
    if told.score is not None:
        ends = [told.low, told.low80, told.score, told.high80, told.high]
        assert None not in ends
        assert ends == sorted(ends, key=float)


def test_permuted_scores_give_no_forecast_that_is_narrower_than_a_guess() -> None:
    """Five rows whose scores were exchanged between languages: "do not know", or wide as the trivial interval."""
    for seed in range(5):
        draw = np.random.default_rng(seed)
        values = draw.permutation(np.linspace(0.3, 0.88, len(MANY) - 2))
        scores = {"en": 0.9} | dict(zip(MANY[:-2], map(float, values), strict=True))
        told = line(forecast(asked((MANY[-1],)), [cell(scores)], published=()), MANY[-1])
        wide = told.low80 is not None and told.high80 is not None and told.high80 - told.low80 > 0.35
        assert told.score is None or wide


def test_the_same_task_on_another_encoder_tells_a_language() -> None:
    """With English alone here, and three published rows, forecasts follow the published drops."""
    published = [
        Level(task="ours", encoder=f"e{n}", setting="english", language=code, score=value - 0.01 * n, source="made up")
        for n in range(3) for code, value in smooth(14).items()
    ]  # fmt: skip
    found = forecast(asked(MANY), [cell({"en": 0.9})], published=published)
    said = np.array([line(found, code).score for code in MANY], dtype=float)
    truth = np.array([smooth(14)[code] for code in MANY])
    assert np.abs(said - truth).max() < 0.03
    assert found.lines[0].language == MANY[-1]  # the riskiest first


def test_a_language_unlike_all_is_far() -> None:
    """Of a family or script that was not measured, or that no table knows."""
    found = forecast(asked(("nl", "yo", "x9")), [cell(smooth(14))], published=())
    assert not line(found, "nl").far
    assert line(found, "yo").far
    assert line(found, "x9").far


def test_english_near_chance_is_no_ground() -> None:
    """What was not learned cannot be transferred."""
    scores = smooth(14) | {"en": 0.26}
    assert "chance" in line(forecast(asked(), [cell(scores)], published=()), "nl").why


def test_what_unlabelled_files_say_is_kept_and_alignment_alone_is_used() -> None:
    """Characters per token change no forecast and are kept with the answer; how translations lie changes it."""
    every = (*MANY, "en", "nl")
    plain = forecast(asked(("nl",)), [cell(smooth(14))], published=())
    counted = {code: {"characters per token": 5.0 + place} for place, code in enumerate(every)}
    found = forecast(asked(("nl",)), [cell(smooth(14))], counted, published=())
    assert found.files["nl"] == {"characters per token": 20.0}
    assert line(found, "nl").score == line(plain, "nl").score
    aligned = {code: {"alignment": 0.9 - 0.05 * place} for place, code in enumerate(every)}
    other = forecast(asked(("nl",)), [cell(smooth(14))], aligned, published=())
    assert line(other, "nl").score != line(plain, "nl").score


def test_the_language_to_label_first_lowers_what_is_not_known_the_most() -> None:
    """Held against trying each: the mean sd over all after conditioning on it is the smallest."""
    from isogloss.advice import languages

    about = languages.of(("en", *MANY), "xlm-roberta-base")
    row = levels.Row(chance=0.25, measured={"en": 0.9}, english=0.9, languages=about.languages,
                     features=about.features, groups=about.groups)  # fmt: skip
    _, _, cov = levels.predict(row, list(MANY), [])
    summed = {
        code: float(np.trace(cov - np.outer(cov[:, place], cov[place]) / cov[place, place]))
        for place, code in enumerate(MANY)
    }
    assert levels.label_first(row, MANY, [], 1)[0][0] == min(summed, key=lambda code: summed[code])


def test_english_is_no_data_point_where_it_was_not_measured() -> None:
    """What to label first is then the same whatever English would be, and other encoders make it no less certain."""
    from isogloss.advice import languages

    scores = {code: value for code, value in smooth(5).items() if code != "en"}
    wanted = ("nl", "yo", "ta", "ja")
    found = forecast(asked(wanted), [cell(scores)], published=())
    about = languages.of((*wanted, *scores), "xlm-roberta-base")
    for english in (0.4, 0.9):
        row = levels.Row(chance=0.25, measured=scores, english=english, languages=about.languages,
                         features=about.features, groups=about.groups)  # fmt: skip
        told = levels.label_first(row, wanted, list(scores), 3)
        assert [code for code, _, _ in found.label] == [code for code, _, _ in told]
        np.testing.assert_allclose([each[1:] for each in found.label], [each[1:] for each in told])
    published = [
        Level(task="ours", encoder="e", setting="english", language=code, score=value, source="made up")
        for code, value in smooth(14).items()
    ]  # fmt: skip
    both = forecast(asked(wanted), [cell(scores)], published=published)
    assert both.label[0][1] < found.label[0][1]


def test_logits_and_scores_are_inverse() -> None:
    """Above chance; at the edges they are held a hundredth away."""
    assert levels.score(levels.logit(np.array([0.5, 0.9]), 0.25), 0.25) == pytest.approx([0.5, 0.9])
    assert np.isfinite(levels.logit(np.array([0.0, 1.0]), 0.25)).all()
