"""Completion for shells: a script for each, which asks this file what may stand where the cursor is."""

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from isogloss.cli.adding import Verbs
from isogloss.report.terminal.screen import say
from isogloss.verbs import places

SCRIPTS = {
    "bash": """\
# bash completion of isogloss: `isogloss completion bash > ~/.local/share/bash-completion/completions/isogloss`
_isogloss() {
    local IFS=$'\\n' line
    COMPREPLY=()
    while read -r line; do COMPREPLY+=("$line"); done \\
        < <(isogloss completion words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _isogloss isogloss
""",
    "zsh": """\
#compdef isogloss
# zsh completion of isogloss: `isogloss completion zsh > FOLDER/_isogloss`, a folder of $fpath
_isogloss() {
    local -a found
    found=("${(@f)$(isogloss completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    found=(${found:#})
    if (( $#found )); then compadd -- "${found[@]}"; else _files; fi
}
if [ "$funcstack[1]" = "_isogloss" ]; then _isogloss "$@"; else compdef _isogloss isogloss; fi
""",
    "fish": """\
# fish completion of isogloss: `isogloss completion fish > ~/.config/fish/completions/isogloss.fish`
function __isogloss
    set -l last (commandline -ct)
    set -g __isogloss_words (isogloss completion words -- (commandline -opc)[2..-1] "$last" 2>/dev/null)
    set -q __isogloss_words[1]
end
complete -c isogloss -n __isogloss -f -a '$__isogloss_words'
""",
}
"""Where there is nothing to offer, each shell offers files."""

Names = Callable[[argparse.Namespace], Iterable[str]]


def add(verbs: Verbs) -> None:
    """Add it to the parser."""
    one = verbs.add(completion, "completion for bash, zsh and fish", "completion bash", store=False)
    one.set_defaults(verbs=verbs)
    one.add_argument("shell", choices=(*SCRIPTS, "words"), help="words: what may stand last on a line, for the scripts")
    one.add_argument(
        "line", nargs="*", metavar="WORD", help="the line's words after `isogloss`, the last one unfinished"
    )


def completion(arguments: argparse.Namespace) -> None:
    """Print the completion script of a shell; its first line says where it goes."""
    if arguments.shell in SCRIPTS:
        say(SCRIPTS[arguments.shell].rstrip("\n"))
        return
    for word in candidates(arguments.verbs.parsers, arguments.line or [""]):
        say(word)


def candidates(verbs: Mapping[str, argparse.ArgumentParser], line: Sequence[str]) -> list[str]:
    """What may stand in place of the last, unfinished word of a line, sorted; empty where a file may, or anything."""
    *before, last = line
    if not before:
        return _beginning(last, [*verbs, "--help", "--version"])
    verb = verbs.get(before[0])
    if verb is None:
        return []
    options = {name: each for each in verb._actions for name in each.option_strings}
    store = [value for name, value in pairwise(before) if name == "--store" and value.strip()]
    arguments = argparse.Namespace(store=places.place(store[-1]) if store else None)
    option = options.get(before[-1])
    if option is not None and option.nargs != 0:
        return _values(option, last, arguments)
    words = _positional(before[1:], options)
    if last.startswith("-"):
        return _beginning(last, [*options, *_of_recipe(verb, words)])
    positions = [each for each in verb._actions if not each.option_strings]
    if len(words) >= len(positions) and not (positions and positions[-1].nargs in ("*", "+")):
        return []
    return _values(positions[min(len(words), len(positions) - 1)], last, arguments)


def _values(action: argparse.Action, last: str, arguments: argparse.Namespace) -> list[str]:
    """The values of an option or of a word in its place: its choices, else what its help calls it."""
    if action.choices:
        return _beginning(last, map(str, action.choices))
    before, comma, unfinished = last.rpartition(",") if action.metavar == "A,B" else ("", "", last)
    kinds = {*str(action.metavar or "").lower().split("|"), action.dest} & set(_NAMES)
    fitting = _beginning(unfinished, (name for kind in kinds for name in _NAMES[kind](arguments)))
    return [f"{before}{comma}{name}" for name in fitting]


def _beginning(start: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(start)})


def _positional(words: Sequence[str], options: dict[str, argparse.Action]) -> list[str]:
    """The words that are neither options nor values of some."""
    found, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = (option := options.get(word)) is not None and option.nargs != 0 and "=" not in word
        else:
            found.append(word)
    return found


def _of_recipe(verb: argparse.ArgumentParser, words: Sequence[str]) -> list[str]:
    """The options of the recipe that a line names, read from its `grid`: no file is run for a completion."""
    import ast

    from isogloss.core import folder

    if not (verb.get_default("follows") and words):
        return []
    path = Path(words[0]) if words[0].endswith(".py") else folder.ROOT / "recipes" / f"{words[0]}.py"
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (OSError, ValueError, SyntaxError):
        return []
    grids = (each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "grid")
    return [f"--{each.arg.replace('_', '-')}" for grid in grids for each in (*grid.args.args, *grid.args.kwonlyargs)]


def _kept(room: str) -> Names:
    return lambda arguments: places.kept(arguments, room)


def _room(room: str) -> Names:
    def names(_: argparse.Namespace) -> Iterable[str]:
        from isogloss.core import folder

        return folder.names(room)

    return names


def _languages(_: argparse.Namespace) -> Iterable[str]:
    from isogloss.core.languages import table

    return table()


def _encoders(_: argparse.Namespace) -> Iterable[str]:
    from isogloss.core.encoders import SENTENCES, SMALL

    return (SMALL, *SENTENCES)


_NAMES: dict[str, Names] = {
    "recipe": _room("recipes"), "study": _kept("studies"), "run": _kept("runs"), "task": _room("tasks"),
    "arms": _room("tasks"), "claim": _room("claims"), "measures": _room("measures"),
    "check": _room("evidence/checks"), "databases": _room("sources"), "languages": _languages, "language": _languages,
    "encoder": _encoders,
}  # fmt: skip
"""What the help calls a value, or the option's own name → the names that it may have."""
