"""The `readout` command: one function per subcommand, each a thin edge over the packages.

Imports stand inside the commands, so that `readout verify` does not wait for what `up` needs.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from readout.errors import CommandError
from readout.settings import Settings

app = typer.Typer(
    help="Readout: imaging trials, reader studies and AI validation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
ledger_commands = typer.Typer(help="Take ledgers along, check, anchor and replay them.")
app.add_typer(ledger_commands, name="ledger", no_args_is_help=True)
console = Console(highlight=False)

Data = Annotated[Path | None, typer.Option("--data", help="The data folder (default: ./data).")]
Project = Annotated[str, typer.Option("--project", "-p", help="A project's code or id.")]


class Format(StrEnum):
    """What an export is written as."""

    csv = "csv"
    parquet = "parquet"


def _settings(data: Path | None, **options: int | str | None) -> Settings:
    given = {name: value for name, value in options.items() if value is not None}
    if data is not None:
        given["data"] = str(data)
    return Settings.model_validate({**Settings().model_dump(), **given}).resolved()


@app.command()
def up(
    data: Data = None,
    demo: Annotated[bool, typer.Option("--demo", help="Load the demo into new data.")] = False,
    port: Annotated[int | None, typer.Option(help="Port of the web app (8000).")] = None,
    dagster_port: Annotated[int | None, typer.Option(help="Port of Dagster (3000).")] = None,
    dagster_code_port: Annotated[int | None, typer.Option(help="Dagster's code (3030).")] = None,
    dicom_port: Annotated[int | None, typer.Option(help="Port of the gateway (11112).")] = None,
    gateway_status_port: Annotated[int | None, typer.Option(help="Its status (11180).")] = None,
) -> None:
    """Run the whole platform on this machine until Ctrl-C."""
    from readout.up import stop_on_signals
    from readout.up import up as run

    settings = _settings(
        data,
        port=port,
        dagster_port=dagster_port,
        dagster_code_port=dagster_code_port,
        dicom_port=dicom_port,
        gateway_status_port=gateway_status_port,
    )
    run(settings, console, demo=demo, stop=stop_on_signals())


@app.command()
def demo(
    data: Annotated[Path, typer.Option("--data", help="A folder for the demo alone.")] = Path(
        "data-demo"
    ),
) -> None:
    """Run the platform with the demo, on a data folder of its own."""
    from readout.up import stop_on_signals
    from readout.up import up as run

    run(_settings(data), console, demo=True, stop=stop_on_signals())


@app.command()
def administrator(
    name: Annotated[str, typer.Argument(help="The full name of the first administrator.")],
    login: Annotated[str, typer.Option(help="The login, usually an e-mail address.")],
    organization: Annotated[str, typer.Option(help="The organisation's code.")] = "MAIN",
    organization_name: Annotated[
        str | None, typer.Option(help="Its name; the code if not given.")
    ] = None,
    proof: Annotated[
        str, typer.Option(help="How you saw who they are: document_in_person, institution, …")
    ] = "document_in_person",
    data: Data = None,
) -> None:
    """Make the first administrator, and print the one-time link that sets the passphrase."""
    from readout.administrator import First, make_administrator

    settings = _settings(data)
    first = First(login, name, organization, organization_name or organization, proof)
    token = make_administrator(settings, first)
    address = f"http://{settings.host}:{settings.port}/invitation#{token}"
    console.print(f"{address}\nIt serves once, within seven days. Send it to nobody else.")


@app.command()
def application_role(
    role: Annotated[str, typer.Argument(help="A role of PostgreSQL that owns no table.")],
    data: Data = None,
) -> None:
    """Bring a PostgreSQL up to date as its owner, and give the api's own role what it needs."""
    from readout.database_roles import grant_to_application

    grant_to_application(_settings(data), role)
    console.print(f"{role} may now serve the api; give it READOUT_API_DATABASE_URL with that role.")


@app.command()
def ingest(
    path: Annotated[Path, typer.Argument(help="A file or a folder of DICOM files.", exists=True)],
    project: Project,
    data: Data = None,
) -> None:
    """Take DICOM files from this machine into a project."""
    from readout.ingest import ingest_path

    raise typer.Exit(ingest_path(_settings(data), console, path=path, project=project))


@app.command()
def verify(
    data: Data = None,
    project: Annotated[
        str | None, typer.Option("--project", "-p", help="One project's ledger alone.")
    ] = None,
) -> None:
    """Check the ledgers, their checkpoints and the tables under them.

    Ends with 0 when everything passes, 1 when anything fails, 2 when something is not covered.
    """
    from readout.verify import verify_ledgers

    raise typer.Exit(verify_ledgers(_settings(data), console, project=project))


@app.command()
def lock(
    project: Annotated[str, typer.Argument(help="A project's code or id.")],
    name: Annotated[str, typer.Argument(help="The lock's name, new in the project.")],
    data: Data = None,
) -> None:
    """Make a named, hashed snapshot of all tables of a project."""
    from readout.tables import lock_project

    lock_project(_settings(data), console, project=project, name=name)


@app.command()
def diff(
    project: Annotated[str, typer.Argument(help="A project's code or id.")],
    old: Annotated[str, typer.Argument(help="The older lock, by name or number.")],
    new: Annotated[str, typer.Argument(help="The newer lock, by name or number.")],
    data: Data = None,
) -> None:
    """Say which rows came, changed and went between two locks of a project."""
    from readout.tables import compare_project_locks

    compare_project_locks(_settings(data), console, project=project, old=old, new=new)


@app.command()
def export(
    project: Annotated[str, typer.Argument(help="A project's code or id.")],
    table: Annotated[str, typer.Argument(help="A table, such as results.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    version: Annotated[int | None, typer.Option(help="A version; the newest if not given.")] = None,
    format: Annotated[Format, typer.Option(help="csv or parquet.")] = Format.csv,
    data: Data = None,
) -> None:
    """Write a table of a project, at a version, to a file."""
    from readout.tables import export_table

    export_table(
        _settings(data),
        console,
        project=project,
        table=table,
        output=output,
        version=version,
        as_parquet=format is Format.parquet,
    )


@ledger_commands.command("export")
def ledger_export(
    project: Annotated[str, typer.Argument(help="A project's code or id.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file or folder to write.")],
    format: Annotated[str, typer.Option(help="bundle, csv, json or pdf.")] = "bundle",
    data: Data = None,
) -> None:
    """Take a project's ledger along: a bundle that proves itself, or a copy for people."""
    from readout.ledger import LedgerFormat, export_ledger

    try:
        chosen = LedgerFormat(format)
    except ValueError:
        raise typer.BadParameter(f"{format} is none of {', '.join(LedgerFormat)}") from None
    export_ledger(_settings(data), console, project=project, format=chosen, output=output)


@ledger_commands.command("verify")
def ledger_verify(
    bundle: Annotated[Path, typer.Argument(help="The folder of an exported bundle.")],
    keys: Annotated[Path | None, typer.Option(help="Keys you were given beforehand.")] = None,
    remember: Annotated[list[Path] | None, typer.Option(help="A checkpoint you keep.")] = None,
    tsa_roots: Annotated[Path | None, typer.Option(help="Roots of the time stamper.")] = None,
) -> None:
    """Check a bundle with the standalone verifier: 0 all PASS, 1 any FAIL, 2 not all covered."""
    from readout.ledger import verify_bundle

    given = [str(bundle)]
    for name, files in (("--keys", [keys]), ("--remember", remember or []),
                        ("--tsa-roots", [tsa_roots])):  # fmt: skip
        for file in files:
            given += [name, str(file)] if file is not None else []
    raise typer.Exit(verify_bundle(given))


@ledger_commands.command("replay")
def ledger_replay(data: Data = None) -> None:
    """Compare every ledger with its tables now and keep the result; 1 when anything differs."""
    from readout.ledger import replay_ledgers

    raise typer.Exit(replay_ledgers(_settings(data), console))


@ledger_commands.command("anchor")
def ledger_anchor(data: Data = None) -> None:
    """Have the newest checkpoints time-stamped and witnessed now."""
    from readout.ledger import anchor_ledgers

    anchor_ledgers(_settings(data), console)


@ledger_commands.command("rotate-key")
def ledger_rotate_key(data: Data = None) -> None:
    """Give the running signer a new key, which the old one vouches for."""
    from readout.ledger import rotate_key

    rotate_key(_settings(data), console)


def main() -> None:
    """Run the command; what is refused is said in a sentence, without a traceback."""
    from accounts.errors import AccountsError
    from accounts.ledger.errors import LedgerError
    from lake.errors import LakeError
    from research.errors import ResearchError

    try:
        app()
    except (CommandError, AccountsError, LedgerError, LakeError, ResearchError) as refusal:
        console.print(f"[red]{type(refusal).__name__}[/] {refusal}")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
