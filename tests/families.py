"""Tiny encoders of many families, saved as their authors' classes save them, and a batch for each."""

import sys
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import MODEL_FOR_MASKED_LM_MAPPING, AutoModel, AutoModelForMaskedLM, PreTrainedTokenizerFast

from isogloss.core.examples import Classification
from isogloss.core.folder import load as task_of
from isogloss.core.phase import Phase
from isogloss.models.encoder import Encoder, quiet
from isogloss.models.features import collate
from isogloss.models.heads import head_for

TEXT = ["the bees left the orchard early", "snow lay on the quay", "who keeps the bees ?"] * 20
SMALL: dict[str, Any] = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48,
}  # fmt: skip
BERT_IDS: dict[str, Any] = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
XLMR_IDS: dict[str, Any] = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
FAMILIES: dict[str, tuple[str, dict[str, Any], int]] = {
    # name: (class of its configuration, what it is made with, longest row)
    "distilbert": ("DistilBertConfig", {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 48,
                                        "max_position_embeddings": 40, **BERT_IDS}, 40),
    "modernbert": ("ModernBertConfig", {"max_position_embeddings": 40, "cls_token_id": 2, "sep_token_id": 3,
                                        **BERT_IDS, **SMALL}, 40),
    "electra": ("ElectraConfig", {"embedding_size": 16, "max_position_embeddings": 40, **BERT_IDS, **SMALL}, 40),
    "xlm": ("XLMConfig", {"emb_dim": 32, "n_layers": 2, "n_heads": 2, "max_position_embeddings": 40, "pad_index": 0,
                          "bos_index": 2, "eos_index": 3, "pad_token_id": 0, "n_langs": 1}, 40),
    "camembert": ("CamembertConfig", {"max_position_embeddings": 42, "type_vocab_size": 1, **XLMR_IDS, **SMALL}, 40),
    "xmod": ("XmodConfig", {"max_position_embeddings": 42, "type_vocab_size": 1, "languages": ("de_DE", "en_XX"),
                            **XLMR_IDS, **SMALL}, 40),
    "mpnet": ("MPNetConfig", {"max_position_embeddings": 42, **XLMR_IDS, **SMALL}, 40),
    "luke": ("LukeConfig", {"max_position_embeddings": 42, "entity_vocab_size": 8, "entity_emb_size": 16,
                            **XLMR_IDS, **SMALL}, 40),
    "multilingual minilm": ("BertConfig", {"max_position_embeddings": 40, "spare": 35, "tokenizer": "XLM-R's",
                                           "pad_token_id": 0, **SMALL}, 40),  # BERT's padding, as published
    "deberta-v3": ("DebertaV2Config", {"max_position_embeddings": 40, "relative_attention": True, "spare": 35,
                                       "position_buckets": 8, "pos_att_type": ["p2c", "c2p"],
                                       "position_biased_input": False, "type_vocab_size": 0, **BERT_IDS, **SMALL},
                   sys.maxsize),
}  # fmt: skip


def wordpiece() -> PreTrainedTokenizerFast:
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    made.train_from_iterator(TEXT, trainers.WordPieceTrainer(vocab_size=120, special_tokens=names, show_progress=False))
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]",
    )  # fmt: skip


def sentencepiece() -> PreTrainedTokenizerFast:
    made = Tokenizer(models.Unigram())
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.UnigramTrainer(vocab_size=90, special_tokens=names, unk_token="<unk>", show_progress=False)
    made.train_from_iterator(TEXT, trainer)
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>",
        pad_token="<pad>", unk_token="<unk>", mask_token="<mask>",
    )  # fmt: skip


def make(name: str, folder: Path, *, head: bool = True) -> None:
    """A tiny one, saved with its language-model head or as the bare model."""
    kind, settings, _ = FAMILIES[name]
    made(kind, settings, folder, head=head)


def made(kind: str, settings: dict[str, Any], folder: Path, *, head: bool = True) -> None:
    """One of this configuration, with XLM-R's tokenizer where padding is 1 or it is asked for, else with BERT's."""
    theirs = settings["pad_token_id"] == 1 or "tokenizer" in settings
    words = sentencepiece() if theirs else wordpiece()
    rows = {"n_words" if kind == "XLMConfig" else "vocab_size": len(words) + settings.get("spare", 0)}
    settings = {key: value for key, value in settings.items() if key not in ("spare", "tokenizer")}
    torch.manual_seed(0)
    with quiet():
        config = getattr(transformers, kind)(**settings, **rows)
        if type(config) in MODEL_FOR_MASKED_LM_MAPPING:
            model = AutoModelForMaskedLM.from_config(config)
            (model if head else model.base_model).save_pretrained(folder)
        else:
            AutoModel.from_config(config).save_pretrained(folder)
        words.save_pretrained(folder)


def batch_of(encoder: Encoder, first: str = "the bees left", second: str | None = "snow lay on the quay") -> Any:
    pair = Classification(id="1", text=first, text_pair=second, label="neutral")
    short = Classification(id="2", text="snow", text_pair=None if second is None else "bees", label="entailment")
    task = task_of("tasks", "xnli")
    head = head_for(task, task.labels, encoder, Phase(stage="target", tasks=("xnli",), epochs=1))
    features = head.encode([pair, short], encoder.subwords, labelled=True)
    return head, collate(features, encoder.subwords.pad, encoder.model.device)
