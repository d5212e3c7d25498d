"""LaTeX as plain text: macros to their characters, commands without a meaning dropped; nothing is ever included."""

import re

MOST = 4_000_000
"""Characters of a document at most."""


def plain(text: str) -> str:
    """A field or paragraph as text."""
    if not re.search(r"[\\{}$~]", text):
        return text
    from pylatexenc.latex2text import LatexNodes2Text

    try:
        # No `set_tex_input_directory`: \\input and \\include stay what they are.
        return str(LatexNodes2Text(math_mode="text", keep_comments=False).latex_to_text(text, tolerant_parsing=True))
    except Exception:  # a parser of foreign text may fail in any way; the text itself is better than nothing
        return re.sub(r"[{}]", "", text)


def document(text: str) -> str:
    """A whole document: its body, without tables of contents, figures and bibliography."""
    text = text[:MOST]
    inside = re.search(
        r"\\begin\{document\}(.*?)(?:\\end\{document\}|\\bibliography\b|\\begin\{thebibliography\})", text, re.S
    )
    text = inside[1] if inside else text
    text = re.sub(r"(?<!\\)%[^\n]*", "", text)
    text = re.sub(
        r"\\(?:input|include|bibliography|includegraphics|usepackage)\b(?:\[[^\]]{0,300}\])?\{[^{}\\]*\}", "", text
    )
    text = re.sub(r"~?\\(?:cite\w*|ref|eqref|label|footnotemark)\*?(?:\[[^\]]{0,300}\])*\{[^{}\\]*\}", "", text)
    parts = (plain(part) for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(" ".join(part.split()) for part in parts if part.strip())
