"""An optional language model: one request to an OpenAI-compatible endpoint per question, its answers kept in the lock.

It is off unless a command names it. It has no tools, what it reads is data, and it decides nothing alone: whatever it
quotes must stand in the text word for word, and rules may object (evidence/checks/model.py).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from isogloss.core.database import Database, Page, Request, Terms
from isogloss.core.errors import NOT_JSON, SourceError, SpecError
from isogloss.literature.lock import Lock
from isogloss.literature.web import Web

KEY = "ISOGLOSS_READER_KEY"
LONGEST = 20_000
"""Characters of an answer that are read."""


class Reader(Protocol):
    """Whatever answers a prompt with JSON of a schema. Raises SourceError where it does not answer."""

    def ask(self, prompt: str, schema: Mapping[str, Any], seed: int) -> str:
        """The answer, as it came."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A server that speaks the chat interface of OpenAI, such as llama.cpp's, vLLM's or Ollama's."""

    url: str
    """Such as http://localhost:8080/v1."""
    model: str
    web: Web

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise SpecError(f"--reader {self.url}: expected an address such as http://localhost:8080/v1.")
        if not self.model:
            raise SpecError("--reader needs --model, the name that the server gives its model.")

    def ask(self, prompt: str, schema: Mapping[str, Any], seed: int) -> str:
        """One request at temperature 0. Raises SourceError for no answer, or one in another form."""
        body = {
            "model": self.model, "messages": [{"role": "user", "content": prompt}], "temperature": 0, "seed": seed,
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema)}},
        }  # fmt: skip
        request = Request(database="reader", path="/chat/completions", body=json.dumps(body, sort_keys=True))
        answer = self.web.fetch(_server(self.url), request)
        try:
            return str(json.loads(answer.body)["choices"][0]["message"]["content"])[:LONGEST]
        except (*NOT_JSON, KeyError, IndexError, TypeError) as error:
            raise SourceError(f"{self.url}: no answer in OpenAI's form ({type(error).__name__}).") from None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A reader whose answers are kept in a lock: what was asked before is answered from there, offline."""

    lock: Lock
    reader: Reader | None
    """None: only what is kept is answered."""
    name: str

    def ask(self, prompt: str, schema: Mapping[str, Any], seed: int) -> str:
        """The kept answer, else the reader's, which is then kept. Raises SourceError where there is neither."""
        asked = {"model": self.name, "prompt": prompt, "schema": dict(schema), "seed": seed}
        name = hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        found = self.lock.answer_to(name)
        if found is None:
            if self.reader is None:
                raise SourceError(f"{self.name}: it was not asked this before, and is not asked now.")
            found = self.reader.ask(prompt, schema, seed)
            self.lock.keep_asked(name, {**asked, "answer": found})
        return found


def _server(url: str) -> Database:
    terms = Terms(interval=0.0, key=KEY, key_in="header authorization")
    return Database(
        name="reader", title=url, base=url.rstrip("/"), path="/chat/completions", first=lambda _: {},
        read=lambda *_: Page(records=()), terms=terms, page=1,
    )  # fmt: skip
