"""Examples of every type in another language: what to translate of one, and the example made of its translation."""

from typing import assert_never

from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text
from isogloss.translation import fields, spans, tags
from isogloss.translation.engine import Pieces
from isogloss.translation.fields import Dropped, Look


def to_translate(example: Example, *, marks: bool) -> list[Pieces]:
    """The sentences that must be translated first; `marks` says whether the engine carries them."""
    match example:
        case Tagging():
            return tags.to_translate(example)
        case Span():
            return spans.to_translate(example, marks=marks)
        case Choice():
            return [each for text in (example.prompt, *example.choices) for each in fields.to_translate(text)]
        case Passage():
            return fields.to_translate(example.text) + fields.to_translate(example.context)
        case Classification() | Text():
            return fields.to_translate(example.text) + fields.to_translate(example.text_pair or "")
        case _:
            assert_never(example)


def rebuilt(example: Example, look: Look, *, marks: bool, language: str) -> Example:
    """The example in the other language: same id, same label. Raises Dropped where that would not be faithful."""
    match example:
        case Tagging():
            return tags.rebuilt(example, look)
        case Span():
            return spans.rebuilt(example, look, marks=marks)
        case Choice():
            choices = tuple(fields.rebuilt(choice, look) for choice in example.choices)
            if len(set(choices)) < len(set(example.choices)):
                raise Dropped("two choices became one")
            return Choice(
                id=example.id, prompt=fields.rebuilt(example.prompt, look), choices=choices, label=example.label
            )
        case Classification():
            pair = None if example.text_pair is None else fields.rebuilt(example.text_pair, look)
            return Classification(
                id=example.id, text=fields.rebuilt(example.text, look), text_pair=pair, label=example.label
            )
        case Text():
            pair = None if example.text_pair is None else fields.rebuilt(example.text_pair, look)
            return Text(id=example.id, text=fields.rebuilt(example.text, look), text_pair=pair, row=example.row)
        case Passage():
            return Passage(
                id=example.id, side=example.side, keys=example.keys, language=language,
                text=fields.rebuilt(example.text, look), context=fields.rebuilt(example.context, look),
            )  # fmt: skip
        case _:
            assert_never(example)
