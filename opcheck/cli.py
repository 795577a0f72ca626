"""The command line.

Exit codes: 0 done, 1 done and ``--fail-on`` was met, 2 nothing done and nothing written, 3 internal error, 130
interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import difflib
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from opcheck.errors import CRSError, Fault, OpcheckError, OutputError, RuleError, SiteError
from opcheck.findings import Outcome
from opcheck.texts import LANGUAGES

if TYPE_CHECKING:
    from opcheck.plan import Plan
    from opcheck.rules import RuleBook
    from opcheck.sites import Sites

DONE, MET, REFUSED, BROKEN, INTERRUPTED = 0, 1, 2, 3, 130

FAIL_ON: dict[str, frozenset[Outcome]] = {
    "fail": frozenset({Outcome.FAIL}),
    "open": frozenset({Outcome.FAIL, Outcome.OPEN}),
    "review": frozenset({Outcome.FAIL, Outcome.OPEN, Outcome.REVIEW}),
}
"""--fail-on → the verdicts of any site that make the exit code 1."""

LEVELS = ("error", "warning", "notice")
"""How bad a fault of a plan is, the worst first; ``plan validate --fail-on`` is met by the level named and by worse."""


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
    _check_options(commands.add_parser("check", help="pröva platser mot en plan", allow_abbrev=False))
    _plan_options(commands.add_parser("plan", help="visa, granska eller skapa ett planpaket", allow_abbrev=False))
    _rules_options(commands.add_parser("rules", help="visa eller granska regler", allow_abbrev=False))
    return parser


def _check_options(check: argparse.ArgumentParser) -> None:
    check.add_argument(
        "sites", nargs="?", metavar="PLATSER",
        help="fil med platser (GeoJSON, CSV, GeoPackage, Shapefile …), eller en lista med kolumnen fastighet",
    )  # fmt: skip
    check.add_argument(
        "--fastighet", action="append", default=[], metavar="NAMN",
        help="fastighet i planpaketets lager, i stället för PLATSER; kan upprepas",
    )  # fmt: skip
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


def _plan_options(plan: argparse.ArgumentParser) -> None:
    actions = plan.add_subparsers(dest="action", metavar="ÅTGÄRD", required=True)
    info = actions.add_parser("info", help="visa vad ett planpaket innehåller", allow_abbrev=False)
    validate = actions.add_parser("validate", help="granska planens data", allow_abbrev=False)
    new = actions.add_parser("new", help="föreslå ett planpaket för data", allow_abbrev=False)
    for action in (info, validate):
        action.add_argument("pack", metavar="PAKET", help="planpaketets mapp eller namn")
        action.add_argument("--on", type=_date, metavar="DATUM", help="dag att se planen på, ÅÅÅÅ-MM-DD (annars i dag)")
        action.add_argument("--lang", choices=LANGUAGES, default="sv", help="språk i utskrifter och rapport")
        action.add_argument("--data", metavar="MAPP", help="mapp med planens data, om den inte ligger i paketet")
    validate.add_argument(
        "--tolerance", type=_metres, default=0.001, metavar="METER",
        help="minsta glapp, överlapp och avvikelse som räknas, till exempel 0,5 eller ”2 mm” (annars 1 mm)",
    )  # fmt: skip
    validate.add_argument("--out", action="append", default=[], metavar="FIL", help=".html .json; kan upprepas")
    validate.add_argument("--fail-on", choices=LEVELS, help="kod 1 om planen har fel av den graden eller värre")
    new.add_argument("source", metavar="DATA", help="fil eller mapp med planens data")
    new.add_argument("--to", required=True, metavar="PAKET", help="mapp att lägga planpaketet i")
    new.add_argument("--base", metavar="PAKET", help="baspaket med uppgifter om kommunens plan")
    new.add_argument("--crs", metavar="EPSG", help="koordinatsystem för filer som inte själva säger det")
    new.add_argument("--name", metavar="TEXT", help="kommunens namn, så som rapporten ska skriva det")
    for action, run in ((info, _plan_info), (validate, _plan_validate), (new, _plan_new)):
        action.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        action.set_defaults(run=run)


def _rules_options(rules: argparse.ArgumentParser) -> None:
    actions = rules.add_subparsers(dest="action", metavar="ÅTGÄRD", required=True)
    listing = actions.add_parser("list", help="lista reglerna", allow_abbrev=False)
    show = actions.add_parser("show", help="visa en regel", allow_abbrev=False)
    show.add_argument("rule", metavar="REGEL", help="regelns id")
    validate = actions.add_parser("validate", help="granska regelfiler", allow_abbrev=False)
    validate.add_argument("files", nargs="*", metavar="FIL", help="regelfiler; fallen i cases/FIL bredvid prövas också")
    validate.add_argument(
        "--cases", action="append", default=[], metavar="FIL", help="fler fall att pröva reglerna mot; kan upprepas"
    )
    for action in (listing, show):
        action.add_argument("--rules", action="append", default=[], metavar="FIL", help="egna regler")
        action.add_argument("--lang", choices=LANGUAGES, default="sv", help="språk")
    for action, run in ((listing, _rules_list), (show, _rules_show), (validate, _rules_validate)):
        action.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        action.set_defaults(run=run)


class _Help(argparse.HelpFormatter):
    """Heads the usage in Swedish, as the rest of the help."""

    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:  # noqa: ANN401 - argparse's own
        super().add_usage(usage, actions, groups, "Användning: " if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """Says in Swedish, and in one paragraph, what is wrong with a command."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - argparse's own
        super().__init__(**{**options, "add_help": False, "formatter_class": _Help})
        self._positionals.title, self._optionals.title = "Anges i ordning", "Val"
        self.add_argument("-h", "--help", action="help", help="visa den här hjälpen")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 - argparse's own
        """Refuse an option that there is not before anything else: what it was meant to be would else be missing."""
        given = sys.argv[1:] if args is None else list(args)
        for one in given:
            name = one.partition("=")[0]
            if one == "--" or (self._actions_of() and not one.startswith("-")):
                break  # what follows is no option, or is another command's
            if re.match(r"--?[^\W\d]", one) and name not in self._option_string_actions:
                if not one.startswith("--") and one[:2] in self._option_string_actions:
                    continue
                near = difflib.get_close_matches(name, self._option_string_actions, n=1, cutoff=0.6)
                self.error(f"okänt val: {name}." + (f" Menades {near[0]}?" if near else ""))
        return super().parse_known_args(given, namespace)

    def error(self, message: str) -> NoReturn:
        for pattern, words in _IN_SWEDISH:
            message = re.sub(pattern, words, message)
        if message == "ÅTGÄRD saknas":
            message = f"{message} ({', '.join(self._actions_of())})"
        end = "" if message.endswith("?") else "."
        self.exit(REFUSED, f"opcheck: {message.rstrip('.')}{end} Se ”{self.prog} --help”.\n")

    def _actions_of(self) -> list[str]:
        return [name for one in self._actions if isinstance(one, argparse._SubParsersAction) for name in one.choices]


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


_UNITS_M = {"": 1.0, "m": 1.0, "cm": 0.01, "mm": 0.001}


def _metres(text: str) -> float:
    """Return a length in metres: ``0,5``, ``0.5``, ``2 mm``, ``1 cm``."""
    found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(mm|cm|m|)\s*", text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} är ingen längd. Skriv meter, till exempel 0,5, eller en enhet: ”2 mm”."
        )
    return round(float(found[1].replace(",", ".")) * _UNITS_M[found[2]], 9)


def _check(options: argparse.Namespace) -> int:
    from opcheck.manifest import read_plan
    from opcheck.report import check_targets, write_reports
    from opcheck.report.listing import outside, verdicts
    from opcheck.rules import read_rules
    from opcheck.run import assess

    _one_way(options)
    targets = check_targets(options.out)
    if options.sites is not None:
        _protect(targets, [Path(options.sites)], "filen med platserna")
    plan = read_plan(options.plan, data=options.data)
    _protect(targets, plan.files, "en fil i planpaketet")
    rules = read_rules(*options.rules)
    sites = _sites(options, plan)
    with _progress(sys.stderr) as progress:
        assessment = assess(sites, plan, rules=rules, on=options.on, progress=progress)
    warning = outside(assessment, options.lang)
    if warning is not None:
        print(f"opcheck: {warning}", file=sys.stderr)
    for note in assessment.answers.sites.notes:
        print(f"opcheck: {_placed(note, assessment.answers.sites.file, plan)}", file=sys.stderr)
    _tell_own_uses(options.use, sites)
    if targets:
        write_reports(assessment, targets, lang=options.lang, stamp=options.stamp, by=options.by)
        for target in targets:
            print(target)
    else:
        print(verdicts(assessment, options.lang), end="")
    wanted = FAIL_ON.get(options.fail_on or "", frozenset())
    return MET if any(verdict.outcome in wanted for verdict in assessment) else DONE


def _placed(note: str, file: str, plan: Plan) -> str:
    """Return a note after the file that it concerns: that of the sites, or a layer's own, which the note then names."""
    named = any(note.startswith(f"{layer.source.shown}: ") for layer in plan.layers)
    return note if named else f"{file}: {note}"


def _tell_own_uses(use: str | None, sites: Sites) -> None:
    """Say so where ``--use`` changed nothing: a site's own use is never replaced."""
    from opcheck.rules import find_use

    asked = find_use(use) if use else None
    own = sum(asked is not None and site.uses != (asked.id,) for site in sites)
    if own:
        print(
            f"opcheck: --use gäller platser utan egen användning. {own} av {len(sites)} har en egen, som gäller.",
            file=sys.stderr,
        )


def _one_way(options: argparse.Namespace) -> None:
    """Refuse both a file of sites and properties, and neither of them."""
    if options.sites is not None and options.fastighet:
        raise SiteError("både en fil med platser och --fastighet är angivna, men båda kan inte gälla. Välj en av dem.")
    if options.sites is None and not options.fastighet:
        raise SiteError(
            'inga platser är angivna. Ange en fil med platser, eller --fastighet "TRAKT 1:2" för en fastighet i '
            "planpaketets lager."
        )
    for name in ("layer", "crs"):
        if options.fastighet and getattr(options, name) is not None:
            raise SiteError(
                f"--{name} gäller en fil med platser, men platserna är angivna med --fastighet. Ta bort --{name}."
            )


def _sites(options: argparse.Namespace, plan: Plan) -> Sites:
    from opcheck.placing import usable_in
    from opcheck.properties import find_properties, property_list, sites_of_list
    from opcheck.sites import UnknownSystem, read_sites

    if options.fastighet:
        return find_properties(plan, options.fastighet, use=options.use)
    listed = property_list(Path(options.sites), layer=options.layer)
    if listed is not None and options.crs is not None:
        raise SiteError(
            f"--crs angavs, men {listed.path} har inga koordinater utan en kolumn med fastigheter. Ta bort --crs."
        )
    if listed is not None:
        return sites_of_list(plan, listed, use=options.use)
    try:
        return read_sites(options.sites, layer=options.layer, crs=options.crs, use=options.use)
    except UnknownSystem as error:
        if options.crs is not None or not usable_in(error.bounds, plan.crs):
            raise
        # The plan's own system is the likeliest guess, and still one that only the sender can confirm.
        hint = f"Planen ligger i {plan.crs}: är platserna ritade i samma system, skriv --crs {plan.crs}."
        raise CRSError(
            [replace(error.faults[0], message=f"{error.faults[0].message} {hint}"), *error.faults[1:]]
        ) from None


def _plan_info(options: argparse.Namespace) -> int:
    from opcheck.manifest import read_plan
    from opcheck.report.pack_listing import pack_listing

    plan = read_plan(options.pack, data=options.data)
    print(pack_listing(plan, options.on or datetime.date.today(), options.lang), end="")
    return DONE


def _plan_validate(options: argparse.Namespace) -> int:
    from opcheck.manifest import read_plan
    from opcheck.report.readiness import check_readiness_targets, readiness_table, write_readiness
    from opcheck.validate import validate_plan

    targets = check_readiness_targets(options.out)
    plan = read_plan(options.pack, data=options.data)
    _protect(targets, plan.files, "en fil i planpaketet")
    readiness = validate_plan(plan, tolerance_m=options.tolerance, on=options.on)
    if targets:
        for path in write_readiness(readiness, targets, options.lang):
            print(path)
    else:
        print(readiness_table(readiness, options.lang), end="")
    return MET if _is_met(options.fail_on, readiness.worst) else DONE


def _is_met(limit: str | None, worst: str | None) -> bool:
    """Tell whether the worst fault is as bad as `limit`, or worse."""
    if limit is None or worst is None:
        return False
    return LEVELS.index(str(worst)) <= LEVELS.index(limit)


def _plan_new(options: argparse.Namespace) -> int:
    from opcheck.proposal.propose import propose_plan

    proposal = propose_plan(options.source, to=options.to, base=options.base, name=options.name, crs=options.crs)
    for line in proposal.summary:
        print(line)
    return DONE


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
        hint = "" if options.rules else " Är det en egen regel, ange dess fil med --rules."
        raise RuleError(f"regeln {options.rule!r} finns inte. {expected(options.rule, rules)}{hint}")
    print(rule_card(rules[options.rule], options.lang), end="")
    return DONE


def _rules_validate(options: argparse.Namespace) -> int:
    from opcheck.rules import read_rules

    if not options.files and not options.cases:
        raise RuleError("ange en regelfil, eller en fil med fall: --cases FIL.")
    # Read together with the national rules: an id may be taken, and an override must lead somewhere.
    book = read_rules(*options.files)
    own: dict[str, list[str]] = {}
    if options.files:
        for one in read_rules(*options.files, national=False, overrides=False).sets:
            own.setdefault(one.file, []).extend(rule.id for rule in one.rules)
            found = f"regler {len(one.rules)}, matrisceller {len(one.cells)}, ändrade värden {len(one.overrides)}"
            print(f"{one.file}: inga fel i reglernas form. Innehåll: {found}.")
    _try_cases(options, book, own)
    return DONE


def _try_cases(options: argparse.Namespace, book: RuleBook, own: Mapping[str, Sequence[str]]) -> None:
    """Run the cases that stand beside rule files, and those named; one that fails is a fault like any other.

    Rules without a case are named: that a file has no faults says nothing of what they answer.
    """
    from opcheck.casefile import case_file_of, read_cases
    from opcheck.cases import run_cases
    from opcheck.tables import counted

    beside = [path for path in map(case_file_of, options.files) if path.is_file()]
    named = [path for path in map(Path, options.cases) if not any(_same_file(path, one) for one in beside)]
    paths = list(dict.fromkeys([*beside, *named]))
    results = run_cases(read_cases(*paths, book=book), book) if paths else ()
    for file in dict.fromkeys(one.case.file for one in results):
        mine = [one for one in results if one.case.file == file]
        wrong = sum(not one.passed for one in mine)
        end = f"{wrong} med annat svar än väntat" if wrong else "alla med väntat svar"
        print(f"{file}: {counted(len(mine), 'fall', 'fall')}, {end}.")
    tried = {one.case.rule for one in results}
    for file, rules in own.items():
        left = [name for name in rules if name not in tried]
        if left:
            are = "är inte prövad" if len(left) == 1 else "är inte prövade"
            print(f"{file}: {counted(len(left), 'regel', 'regler')} {are} i något fall: {', '.join(left)}.")
    sys.stdout.flush()
    faults = [
        Fault(
            message=f"{one.case.rule}, ”{one.case.name}”: {' '.join(one.differences)}", path=one.case.file,
            key=f"case[{one.case.number}]", rule_id=one.case.rule,
        )
        for one in results
        if not one.passed
    ]  # fmt: skip
    if faults:
        raise RuleError(faults)
