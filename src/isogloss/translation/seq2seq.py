"""Any sequence-to-sequence translator that transformers loads (Marian, NLLB, M2M-100, mBART): a folder or a hub name.

Only safetensors are read, and no code that comes with a model is run. Decoding is greedy or by beams, never sampled.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from isogloss.core.errors import ModelError, TranslationError, UnknownName
from isogloss.core.languages import ENGLISH
from isogloss.models import hub
from isogloss.models.files import check, fingerprint
from isogloss.translation.engine import Pieces, Translation, written

DECODING = 1
"""Goes up when the same model would be asked in another way."""
_PLAIN = {"split_special_tokens": True}
"""What a text spells is characters: "</s>" inside a sentence does not end it."""


@dataclass(frozen=True, kw_only=True)
class Seq2Seq:
    """A neural translator from English. It carries no marks."""

    model: str
    """A folder, or a hub name."""
    revision: str = ""
    """Needed for a hub name: a commit, so that the weights are always the same."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Language → what the model calls it: "spa_Latn" (NLLB), "es" (M2M-100), ">>spa<<" (a Marian model of several), or
    "" (a Marian model of one)."""
    source: str = ""
    """What the model calls English: "eng_Latn" (NLLB), "en" (M2M-100); empty for Marian."""
    beams: int = 1
    batch: int = 16
    longest: int = 256
    """Sub-words of a sentence and of its translation; a longer one is not translated, rather than cut."""
    carries_marks: bool = False

    @property
    def name(self) -> str:
        """The model's own name."""
        return Path(self.model).name

    def version(self, language: str) -> str:
        """A hash of the model's files (its name and revision, on a hub) and of the settings."""
        code = self._code(language)
        settings = f"{code} from {self.source or ENGLISH} beams {self.beams} longest {self.longest} decoding {DECODING}"
        return f"{self.name} {self._files()} {settings}"

    def translate(self, sentences: Sequence[Pieces], language: str) -> list[Translation | None]:
        """Sentences of about the same length share a batch. One without an end within `longest` is None."""
        code = self._code(language)
        tokenizer, model = _loaded(self.model, self.revision)
        target = _target(tokenizer, code)
        if self.source:
            tokenizer.src_lang = self.source
        prefix = f"{code} " if code.startswith(">>") else ""
        texts = [prefix + written(sentence) for sentence in sentences]
        lengths = [len(ids) for ids in tokenizer(texts, **_PLAIN)["input_ids"]] if texts else []
        order = sorted((length, row) for row, length in enumerate(lengths) if length <= self.longest)
        translations: list[Translation | None] = [None] * len(texts)
        for begin in range(0, len(order), self.batch):
            rows = [row for _, row in order[begin : begin + self.batch]]
            for row, text in zip(
                rows, self._batch([texts[row] for row in rows], tokenizer, model, target), strict=True
            ):
                translations[row] = Translation(((text, ()),)) if text else None
        return translations

    def _batch(self, texts: list[str], tokenizer: Any, model: Any, target: int | None) -> list[str]:
        import torch

        inputs = tokenizer(texts, return_tensors="pt", padding=True, **_PLAIN).to(model.device)
        inputs.pop("token_type_ids", None)
        with torch.inference_mode():
            made = model.generate(
                **inputs,
                num_beams=self.beams,
                do_sample=False,
                max_new_tokens=self.longest,
                **({} if target is None else {"forced_bos_token_id": target}),
            )
        # Some models are made to end at the last place there is: an end that stands there is a cut.
        whole = [tokenizer.eos_token_id in row[1 : self.longest].tolist() for row in made]
        texts = tokenizer.batch_decode(made, skip_special_tokens=True)
        return [" ".join(text.split()) if ended else "" for text, ended in zip(texts, whole, strict=True)]

    def _code(self, language: str) -> str:
        if language not in self.codes:
            raise UnknownName.of("language", language, self.codes, f"what {self.name} is asked for; see `codes`")
        return self.codes[language]

    def _files(self) -> str:
        folder = Path(self.model).expanduser()
        if folder.is_dir():
            return _fingerprint(folder)
        if not self.revision:
            raise TranslationError(
                f"{self.model}: no such folder; and as a hub name it needs a revision (a commit), so that the same "
                "weights translate tomorrow."
            )
        return f"@{self.revision}"


@cache
def _fingerprint(folder: Path) -> str:
    try:
        return fingerprint(folder)
    except ModelError as error:
        raise TranslationError(str(error)) from None


@lru_cache(maxsize=1)
def _loaded(name: str, revision: str) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
    from transformers.utils import logging

    from isogloss.models.tokenizer import no_panic

    folder = Path(name).expanduser()
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        try:
            kept = folder if folder.is_dir() else hub.here(name, revision)
        except ModelError:
            hub.refuse_kept_pickles(name, revision)
            raise ModelError("it is not in the hub's cache on this disk, and the hub cannot be reached.") from None
        path, revision = (name, revision) if kept is None else (str(kept), "")
        options: dict[str, Any] = {"trust_remote_code": False, **({"revision": revision} if revision else {})}
        check(path, revision)
        with warnings.catch_warnings(), no_panic(name):
            # Marian's tokenizer recommends a library for normalising punctuation, which it then does not call.
            warnings.filterwarnings("ignore", message=".*sacremoses")
            tokenizer = AutoTokenizer.from_pretrained(path, **options)
        model, info = AutoModelForSeq2SeqLM.from_pretrained(
            path, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **options
        )
    except Exception as error:  # transformers raises many kinds; all mean the same to a user
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise TranslationError(
            f"{name}: it cannot be loaded as a translator: {first} Give a folder with config.json, model.safetensors "
            "and the tokenizer's files, or the hub name of a model that has them."
        ) from error
    finally:
        if bars:
            logging.enable_progress_bar()
    if info["missing_keys"]:
        raise TranslationError(f"{name}: {len(info['missing_keys'])} weights are missing; it is not used.")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return tokenizer, model.eval().to(device)


def _target(tokenizer: Any, code: str) -> int | None:
    """The token that a multilingual model begins a translation with; None where the model or its input says it."""
    if not code or code.startswith(">>"):
        return None
    made = tokenizer.get_lang_id(code) if hasattr(tokenizer, "get_lang_id") else tokenizer.convert_tokens_to_ids(code)
    if made is None or made == tokenizer.unk_token_id:
        raise TranslationError(f"the model has no language '{code}' in its vocabulary; see its card for its codes.")
    return int(made)
