"""How commands are added to the program, and how their words are parsed."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

LAYOUT: dict[str, Any] = {
    "formatter_class": argparse.RawDescriptionHelpFormatter,
    "allow_abbrev": False,
}


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print `message` and where to find help, and exit with code 2."""
        self.exit(2, f"{self.prog}: {message.rstrip('.')}. See `{self.prog} --help`.\n")


@dataclass(frozen=True)
class Commands:
    """The commands of the program, each with its parser."""

    parsers: "argparse._SubParsersAction[Parser]"

    def add(
        self,
        name: str,
        run: Callable[[argparse.Namespace], int],
        summary: str,
        description: str = "",
        examples: str = "",
    ) -> Parser:
        """Add a command.

        Args:
            name: The word that asks for it.
            run: What it does, from the parsed arguments to the exit code.
            summary: One line for the overview.
            description: Explanation that its own help shows above the options.
            examples: Lines that its own help shows below the options.

        Returns:
            The command's parser, to add arguments to.
        """
        parser = self.parsers.add_parser(
            name,
            help=summary,
            description=description or summary,
            epilog=f"examples:\n{examples}" if examples else None,
            **LAYOUT,
        )
        parser.set_defaults(run=run)
        return parser

    def names(self) -> list[str]:
        """Return the words that ask for a command."""
        return list(self.parsers.choices)
