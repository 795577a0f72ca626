"""The command line.

Exit codes: 0 assessed, 1 assessed and ``--fail-on`` was met, 2 nothing assessed and nothing written, 3 internal error,
130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, TextIO

from opcheck.errors import CRSError, OpcheckError, OutputError, RuleError
from opcheck.findings import Outcome
from opcheck.texts import LANGUAGES

DONE, MET, REFUSED, BROKEN, INTERRUPTED = 0, 1, 2, 3, 130

FAIL_ON: dict[str, frozenset[Outcome]] = {
    "fail": frozenset({Outcome.FAIL}),
    "open": frozenset({Outcome.FAIL, Outcome.OPEN}),
    "review": frozenset({Outcome.FAIL, Outcome.OPEN, Outcome.REVIEW}),
}
"""--fail-on → the verdicts of any site that make the exit code 1."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments
        Without the program's name; None takes the process's own.

    Returns
    -------
    code
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console that cannot show å must not stop a report from being written.
            stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except OpcheckError as error:
        if options.debug:
            traceback.print_exc()
        print(f"opcheck: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("opcheck: avbrutet. Inget är skrivet.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone, as `| head` does; nothing is wrong here.
        sys.stderr.close()
        return DONE
    except Exception as error:
        if options.debug:
            traceback.print_exc()
        else:
            print(
                f"opcheck: internt fel ({type(error).__name__}: {error}). Inget är skrivet. Kör igen med --debug och "
                "skicka utskriften till den som sköter programmet.",
                file=sys.stderr,
            )
        return BROKEN
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="opcheck", description="Prövar föreslagna platser mot en kommuns översiktsplan.", allow_abbrev=False
    )
    parser.add_argument("--version", action=_Version, help="visa version")
    parser.add_argument("--debug", action="store_true", help="visa programmets egna spår vid fel")
    commands = parser.add_subparsers(dest="command", metavar="KOMMANDO", required=True)
    check = commands.add_parser("check", help="pröva platser mot en plan", allow_abbrev=False)
    check.add_argument("sites", metavar="PLATSER", help="fil med platser (GeoJSON, CSV, GeoPackage, Shapefile …)")
    check.add_argument("--plan", required=True, metavar="PAKET", help="planpaketets mapp eller namn")
    check.add_argument("--rules", action="append", default=[], metavar="FIL", help="egna regler, utöver de nationella")
    check.add_argument("--use", metavar="ANVÄNDNING", help="användning för platser som inte anger någon")
    check.add_argument("--on", type=_date, metavar="DATUM", help="dag att pröva för, ÅÅÅÅ-MM-DD (annars i dag)")
    check.add_argument(
        "--out", action="append", default=[], metavar="FIL", help=".html .json .gpkg .geojson .csv; kan upprepas"
    )
    check.add_argument("--lang", choices=LANGUAGES, default="sv", help="språk i utskrifter och rapport")
    check.add_argument("--fail-on", choices=tuple(FAIL_ON), help="kod 1 om någon plats får detta utfall eller värre")
    check.add_argument("--stamp", metavar="TEXT", help="diarienummer, tid eller annat som rapporten ska bära")
    check.add_argument("--by", metavar="NAMN", help="vem som har gjort prövningen")
    check.add_argument("--layer", metavar="LAGER", help="lager i platsfilen, om den har flera")
    check.add_argument("--crs", metavar="EPSG", help="platsfilens koordinatsystem, om den inte själv säger det")
    check.add_argument("--data", metavar="MAPP", help="mapp med planens data, om den inte ligger i paketet")
    check.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    check.set_defaults(run=_check)
    rules = commands.add_parser("rules", help="visa eller granska regler", allow_abbrev=False)
    actions = rules.add_subparsers(dest="action", metavar="ÅTGÄRD", required=True)
    listing = actions.add_parser("list", help="lista reglerna", allow_abbrev=False)
    show = actions.add_parser("show", help="visa en regel", allow_abbrev=False)
    show.add_argument("rule", metavar="REGEL", help="regelns id")
    validate = actions.add_parser("validate", help="granska regelfiler", allow_abbrev=False)
    validate.add_argument("files", nargs="+", metavar="FIL")
    for action in (listing, show):
        action.add_argument("--rules", action="append", default=[], metavar="FIL", help="egna regler")
        action.add_argument("--lang", choices=LANGUAGES, default="sv", help="språk")
    for action, run in ((listing, _rules_list), (show, _rules_show), (validate, _rules_validate)):
        action.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        action.set_defaults(run=run)
    return parser


class _Parser(argparse.ArgumentParser):
    """Says in Swedish, and in one paragraph, what is wrong with a command."""

    def error(self, message: str) -> NoReturn:
        for pattern, words in _IN_SWEDISH:
            message = re.sub(pattern, words, message)
        self.exit(REFUSED, f"opcheck: {message.rstrip('.')}. Se ”{self.prog} --help”.\n")


_IN_SWEDISH = (
    (r"^the following arguments are required: (.*)$", r"\1 saknas"),
    (r"^unrecognized arguments: (.*)$", r"okänt val: \1"),
    (r"invalid choice: (.*?) \(choose from (.*)\)", r"\1 finns inte. Giltiga: \2"),
    (r"expected (?:one|at least one) argument", "värdet saknas"),
    (r"^argument (\S+?)(?:/\S+)?: ", r"\1: "),
)
"""What argparse says in English → the same in Swedish. What is not listed is left as it is."""


class _Version(argparse.Action):
    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - argparse's own
        super().__init__(nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *rest: object) -> None:
        from opcheck.record import version

        print(f"opcheck {version()}")
        parser.exit()


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} är inget datum. Skriv ÅÅÅÅ-MM-DD, till exempel 2026-11-22."
        ) from None


def _check(options: argparse.Namespace) -> int:
    from opcheck.manifest import read_plan
    from opcheck.report import check_targets, write_reports
    from opcheck.report.listing import outside, verdicts
    from opcheck.rules import read_rules
    from opcheck.run import assess
    from opcheck.sites import read_sites

    targets = check_targets(options.out)
    _protect(targets, [Path(options.sites)], "filen med platserna")
    plan = read_plan(options.plan, data=options.data)
    _protect(targets, plan.files, "en fil i planpaketet")
    rules = read_rules(*options.rules)
    try:
        sites = read_sites(options.sites, layer=options.layer, crs=options.crs, use=options.use)
    except CRSError as error:
        if options.crs is not None:
            raise
        # The plan's own system is the likeliest guess, and still one that only the sender can confirm.
        hint = f"Planen ligger i {plan.crs}: är platserna ritade i samma system, skriv --crs {plan.crs}."
        raise CRSError(
            [replace(error.faults[0], message=f"{error.faults[0].message} {hint}"), *error.faults[1:]]
        ) from None
    with _progress(sys.stderr) as progress:
        assessment = assess(sites, plan, rules=rules, on=options.on, progress=progress)
    warning = outside(assessment, options.lang)
    if warning is not None:
        print(f"opcheck: {warning}", file=sys.stderr)
    if targets:
        write_reports(assessment, targets, lang=options.lang, stamp=options.stamp, by=options.by)
        for target in targets:
            print(target)
    else:
        print(verdicts(assessment, options.lang), end="")
    wanted = FAIL_ON.get(options.fail_on or "", frozenset())
    return MET if any(verdict.outcome in wanted for verdict in assessment) else DONE


def _protect(targets: Sequence[Path], inputs: Sequence[Path], what: str) -> None:
    """Refuse to write a result over what it is made from."""
    for target in targets:
        if any(_same_file(target, path) for path in inputs):
            raise OutputError(f"{target} är {what}. Välj ett annat namn för resultatet.")


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


@contextlib.contextmanager
def _progress(stream: TextIO) -> Iterator[Callable[[int, int], None] | None]:
    """Show progress on a terminal, and nowhere else."""
    if not stream.isatty():
        yield None
        return

    def show(done: int, total: int) -> None:
        print(f"\r{done} av {total} regler", end="", file=stream, flush=True)

    yield show
    print("\r\033[K", end="", file=stream, flush=True)


def _rules_list(options: argparse.Namespace) -> int:
    from opcheck.report.listing import rule_list
    from opcheck.rules import read_rules

    print(rule_list(read_rules(*options.rules).rules, options.lang), end="")
    return DONE


def _rules_show(options: argparse.Namespace) -> int:
    from opcheck.report.listing import rule_card
    from opcheck.rules import read_rules
    from opcheck.tables import expected

    rules = {rule.id: rule for rule in read_rules(*options.rules).rules}
    if options.rule not in rules:
        raise RuleError(f"regeln {options.rule!r} finns inte. {expected(options.rule, rules)}")
    print(rule_card(rules[options.rule], options.lang), end="")
    return DONE


def _rules_validate(options: argparse.Namespace) -> int:
    from opcheck.rules import read_rules

    # Read together with the national rules: an id may be taken, and an override must lead somewhere.
    read_rules(*options.files)
    for one in read_rules(*options.files, national=False, overrides=False).sets:
        found = f"regler {len(one.rules)}, matrisceller {len(one.cells)}, ändrade värden {len(one.overrides)}"
        print(f"{one.file}: inga fel. Innehåll: {found}.")
    return DONE
