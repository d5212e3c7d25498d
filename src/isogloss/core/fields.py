"""The fields of a spec as they are written: those of a phase's parts flat, under the names that ids were made of.

A phase was once fifty flat fields. Ids hash those names and stores hold them, so parts are written as if they still
were: `Lora(rank=8, merge=False)` as `"lora": 8, "lora_merge": false`. One table does it both ways.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from isogloss.core.errors import SpecError
from isogloss.core.parts import MLM, Bottleneck, Lora, Mixture, Optimizer
from isogloss.core.phase import Phase

FLAT: Mapping[str, Mapping[type, Mapping[str, str]]] = {
    "optimizer": {
        Optimizer: {
            "embedding_lr": "embedding_lr", "body_lr": "body_lr", "head_lr": "head_lr", "muon_lr": "muon_lr",
            "optimizer": "name", "weight_decay": "weight_decay", "warmup": "warmup", "clip": "clip",
        },
    },
    "mixture": {Mixture: {"mixture": "by", "cap": "cap", "temperature": "temperature"}},
    "mlm": {MLM: {"mlm": "share", "mlm_tasks": "tasks", "mlm_languages": "languages", "mlm_first": "first"}},
    "adapters": {
        Lora: {
            "lora": "rank", "lora_alpha": "alpha", "lora_dropout": "dropout", "lora_targets": "targets",
            "lora_merge": "merge",
        },
        Bottleneck: {"bottleneck": "width", "per_language": "per_language", "invertible": "invertible"},
    },
}  # fmt: skip
"""Field of a phase → each part it may hold → name as written → field of that part."""
WITHOUT: Mapping[str, Any] = {"mixture": "", "mlm": 0.0, "mlm_tasks": (), "lora": 0, "bottleneck": 0}
"""What a phase without the part says in a field that has no default in the part. Like every default it is for good."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """Where a written value is held, and which value goes unwritten."""

    default: Any
    """MISSING where there is none."""
    compared: bool
    """Whether two specs are told apart by it."""
    holder: str
    """The field of the spec: the value's own, or that of the part which holds it."""
    part: type | None = None
    own: str = ""
    """The field of the part."""

    def of(self, thing: Any) -> Any:
        """The value in a spec; the default where the spec has no such part."""
        value = getattr(thing, self.holder)
        if self.part is None:
            return value
        return getattr(value, self.own) if isinstance(value, self.part) else self.default


@cache
def written(kind: type) -> Mapping[str, Field]:
    """Name as written → the field, in the order of writing."""
    flat = FLAT if kind is Phase else {}
    fields: dict[str, Field] = {}
    for item in dataclasses.fields(kind):
        if item.name not in flat:
            fields[item.name] = Field(default=_default(item), compared=item.compare, holder=item.name)
        for part, names in flat.get(item.name, {}).items():
            own = {inner.name: inner for inner in dataclasses.fields(part)}
            for name, inner in names.items():
                default = WITHOUT[name] if name in WITHOUT else _default(own[inner])
                fields[name] = Field(default=default, compared=item.compare, holder=item.name, part=part, own=inner)
    return fields


def nested(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a spec of this kind is made from, by its fields as written. Raises SpecError for two parts in one place."""
    given_here: dict[str, Any] = {}
    parts: dict[str, tuple[type, dict[str, Any]]] = {}
    for name, value in values.items():
        field = written(kind)[name]
        if field.part is None:
            given_here[name] = value
        elif value != field.default:
            part, given = parts.setdefault(field.holder, (field.part, {}))
            if part is not field.part:
                raise SpecError(f"{name}={value!r} beside {part.__name__}; a {kind.__name__} has one of the two.")
            given[field.own] = value
    return given_here | {holder: part(**given) for holder, (part, given) in parts.items()}


def _default(item: "dataclasses.Field[Any]") -> Any:
    return item.default if item.default_factory is dataclasses.MISSING else item.default_factory()
