# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints docs/reference/commandes.md, in French, from the parser of the command line itself.

    .venv/bin/python -m tools.reference > docs/reference/commandes.md

argparse's own layout is not used: it changes from one Python to the next.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fleet.cli.main import build_parser, exit_statuses
from fleet.cli.parser import Parser
from fleet.i18n import set_language
from fleet.model.facts import BatteryFacts, BoardFacts, CpuFacts, DiskFacts, ReportFacts
from fleet.output.jsonout import Shape
from fleet.readers.report_json import report_to_json

HEAD = """\
<!-- Page écrite par « .venv/bin/python -m tools.reference » : ne pas la modifier à la main. -->

# Les commandes

Cette page est tirée du programme lui-même : elle dit ce que disent `parclibre --help` et
`parclibre COMMANDE --help`. Pour apprendre pas à pas, voyez plutôt [Démarrer](../demarrer.md).

- [Ce qui vaut pour toutes les commandes](#ce-qui-vaut-pour-toutes-les-commandes)
- [Les codes de retour](#les-codes-de-retour)
- [Toutes les commandes](#toutes-les-commandes)
- [Les documents JSON](#les-documents-json)
- [Le JSON d’un relevé](#le-json-dun-relevé)

## Ce qui vaut pour toutes les commandes

- `--operator NOM` dit qui agit, pour cette commande seulement ; sinon c’est `PARCLIBRE_OPERATOR`,
  sinon la personne choisie par `parclibre operator`.
- `PARCLIBRE_HOME` est le dossier de la base, des clés et des pièces jointes (par défaut
  `~/.local/share/parclibre`) ; `PARCLIBRE_STORE` est l’adresse de la base quand elle est ailleurs.
- La sortie standard porte les données, la sortie d’erreur porte le récit : on peut rediriger
  l’une sans l’autre.
- Une date s’écrit `2026-03-31` ou `31/03/2026`.
- `LANG=C` donne les messages en anglais.
- Sur plusieurs machines à la fois, ou quand un geste ne peut pas être défait dans le monde réel,
  la commande montre ce qu’elle va faire et demande de confirmer ; `--yes` répond d’avance.
"""

SELECTION = """\
Là où il est écrit `ÉTIQUETTES`, la commande prend une ou plusieurs étiquettes, `-` ou
`--tags-from FICHIER` pour une liste (une étiquette par ligne), ou une sélection :
"""

_COMMON = ("help", "operator")
_TAGS = "tags"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that does something: its words and its parser."""

    words: str
    line: str
    parser: Parser

    @property
    def acts_on_tags(self) -> bool:
        """Whether it takes tags or a selection of machines."""
        return any(action.dest == "tags_from" for action in self.parser._actions)


def commands(parser: argparse.ArgumentParser | None = None, line: str = "") -> Iterator[Command]:
    """Yield every command of the program, in the order of the help."""
    parser = parser or build_parser()
    inner = inner_commands(parser)
    if parser.get_default("run") is not None and isinstance(parser, Parser):
        yield Command(words=parser.prog, line=line, parser=parser)
    helps = {choice.dest: choice.help or "" for choice in _choices(parser)}
    for name, child in inner.items():
        yield from commands(child, helps.get(name, ""))


def inner_commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the commands of a group by name; none for a command without any."""
    return {
        name: child
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, child in action.choices.items()
    }


def _choices(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action._choices_actions


def reference() -> Iterator[str]:
    """Yield the page, line by line."""
    found = list(commands())
    yield HEAD
    yield from _statuses()
    yield "## Toutes les commandes\n"
    yield "| commande | ce qu’elle fait |\n| --- | --- |"
    for command in found:
        yield f"| [`{command.words}`](#{anchor(command.words)}) | {_cell(command.line)} |"
    yield ""
    yield from _selection(next(command for command in found if command.acts_on_tags))
    for command in found:
        yield from _command(command)
    yield from _shapes(command.parser.shape for command in found)
    yield from _report_shape()


def _statuses() -> Iterator[str]:
    yield "## Les codes de retour\n"
    yield "| code | sens |\n| --- | --- |"
    for status, meaning in re.findall(r"^  (\d+)  (.+)$", exit_statuses(), flags=re.MULTILINE):
        yield f"| {status} | {_cell(meaning)} |"
    yield "| 130 | interrompu au clavier |\n"


def _selection(command: Command) -> Iterator[str]:
    yield SELECTION
    options = [a for a in command.parser._actions if a.dest.startswith("select_")]
    yield from _table(options)


def _command(command: Command) -> Iterator[str]:
    yield f"### {command.words}\n"
    description = " ".join((command.parser.description or command.line).split())
    yield f"{_sentence(description)}\n"
    actions = [
        action
        for action in command.parser._actions
        if action.dest not in _COMMON
        and not action.dest.startswith("select_")
        and not isinstance(action, argparse._SubParsersAction)
    ]
    yield f"```text\n{_usage(command, actions)}\n```\n"
    yield from _table(a for a in actions if a.dest not in (_TAGS, "tags_from"))
    yield from _examples(command.parser)
    if command.parser.shape is not None:
        shape = command.parser.shape
        yield f"JSON : [`{shape.format}`](#{anchor(shape.format)}), version {shape.version}.\n"


def _usage(command: Command, actions: Iterable[argparse.Action]) -> str:
    words = [command.words]
    for action in actions:
        if action.dest == _TAGS:
            words.append("ÉTIQUETTES")
        elif action.dest != "tags_from":
            words.append(_usage_word(action))
    return " ".join(words)


def _usage_word(action: argparse.Action) -> str:
    value = _value(action)
    if not action.option_strings:
        repeated = {"+": f"{value} [{value} ...]", "*": f"[{value} ...]", "?": f"[{value}]"}
        return repeated.get(str(action.nargs), value)
    word = f"{action.option_strings[-1]} {value}".rstrip()
    return word if action.required else f"[{word}]"


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.metavar is not None:
        return str(action.metavar)
    if action.choices is not None:
        return "{" + "|".join(map(str, action.choices)) + "}"
    return action.dest.upper()


def _table(actions: Iterable[argparse.Action]) -> Iterator[str]:
    rows = [f"| `{_name(action)}` | {_meaning(action)} |" for action in actions]
    if rows:
        yield "| argument | sens |\n| --- | --- |"
        yield from rows
        yield ""


def _name(action: argparse.Action) -> str:
    value = action.metavar or ("" if action.choices or action.nargs == 0 else action.dest.upper())
    if not action.option_strings:
        return str(action.metavar or action.dest)
    return f"{action.option_strings[-1]} {value}".rstrip()


def _meaning(action: argparse.Action) -> str:
    """Return the help, and the choices that it does not name itself."""
    text = _cell(str(action.help or ""))
    choices = [str(choice) for choice in action.choices or ()]
    if all(choice in text for choice in choices):
        return text
    listed = ", ".join(f"`{choice}`" for choice in choices)
    return f"{text} : {listed}" if text else listed


def _examples(parser: Parser) -> Iterator[str]:
    found = re.findall(r"^  (\S.*)\n      (\S.*)$", parser.epilog or "", flags=re.MULTILINE)
    if found:
        yield "```sh"
        for line, what in found:
            yield f"# {what}\n{line}"
        yield "```\n"


def _shapes(found: Iterable[Shape | None]) -> Iterator[str]:
    yield "## Les documents JSON\n"
    yield (
        "Chaque document porte `format` et `version`. Un champ nouveau ne change pas la version ;\n"
        "un champ retiré, ou dont le sens change, l’augmente.\n"
    )
    shapes = {shape.format: shape for shape in found if shape is not None}
    for name, shape in sorted(shapes.items()):
        yield f"### {name}\n\nVersion {shape.version}.\n"
        yield from _fields(shape.fields())


def _fields(fields: Mapping[str, str]) -> Iterator[str]:
    yield "| champ | contenu |\n| --- | --- |"
    for field, what in fields.items():
        yield f"| `{field}` | {_cell(what)} |"
    yield ""


def _report_shape() -> Iterator[str]:
    yield "## Le JSON d’un relevé\n"
    yield (
        "`parclibre report read --json` imprime une liste : un objet par machine, ou par disque "
        "quand le\nfichier ne parle que d’un disque. Toutes les clés sont toujours là ; `null` "
        "veut dire inconnu.\n`kind` vaut `hdd`, `ssd`, `nvme`, `emmc` ou `unknown` ; `health` "
        "d’un disque vaut `good`, `worn`,\n`failing` ou `unknown` ; `health` d’une batterie est "
        "la part de la capacité d’origine.\n"
    )
    shown = json.dumps([report_to_json(_nothing_known(), "pc.json")], indent=2, ensure_ascii=False)
    yield f"```json\n{shown}\n```"


def _nothing_known() -> ReportFacts:
    return ReportFacts(
        format="parclibre-report",
        board=BoardFacts(),
        cpu=CpuFacts(),
        disks=(DiskFacts(),),
        batteries=(BatteryFacts(),),
    )


def anchor(heading: str) -> str:
    """Return the fragment that GitHub and GitLab make of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def page() -> str:
    """Return the whole page. The language of the process becomes French."""
    set_language("fr")
    return "\n".join(reference()).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
