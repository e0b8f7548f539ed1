"""Options that the training commands share."""

from typing import Annotated

import typer

VersionOption = Annotated[str, typer.Option(help="Version of the weights.")]
SeedOption = Annotated[int, typer.Option(help="Random seed.")]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")]
ReportOption = Annotated[bool, typer.Option("--report/--no-report", help="Write --out/report/index.html.")]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Continue from the checkpoint in --out.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress.")]
