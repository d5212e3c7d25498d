"""What every command that trains does once: imported by the process that all commands are forked from."""

import contextlib
import io
import tempfile

import transformers

with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
    # transformers compiles a thousand patterns at its first saving and loading.
    config = transformers.XLMRobertaConfig(
        vocab_size=8, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
    )
    transformers.XLMRobertaModel(config).save_pretrained(folder)
    transformers.AutoModel.from_pretrained(folder)
