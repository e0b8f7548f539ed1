"""`docreader synth negatives`: synthesize pictures without a clean amount."""

from pathlib import Path
from typing import Annotated

import typer

from docreader.cli.options import QuietOption
from docreader.cli.progress import Progress
from docreader.cli.synth import (
    CountOption,
    DigitsOption,
    ForceOption,
    FormatOption,
    PartOption,
    SeedOption,
    synth,
)

KINDS: dict[str, str] = {
    "dates": (
        "date_slashes date_dashes date_points date_spaces date_month date_and_time date_short date_captioned"
    ),
    "numbers": (
        "time phone_parens phone_points phone_dashes phone_plus card account iban routing zip_plus "
        "social_security national_id page numbered percent unit magnitude ordinal plate code address "
        "temperature sum product mixed_fraction score angle dimension"
    ),
    "references": (
        "fraction_alone part_of letters_behind room isbn formula coordinates network pressure rate scientific "
        "years hours ratio tax_number bank_code seat serial tracking exchange unit_price discount section "
        "item placeholder extension hexadecimal size"
    ),
    "words": "spelled_amount name caption note roman word_and_number internet letter_inside",
    "scripts": (
        "arabic_digits devanagari_digits bengali_digits kannada_digits thai_digits chinese_digits "
        "cyrillic_letters greek_letters hebrew_letters"
    ),
    "malformed": (
        "negative_before negative_after negative_parens negative_credit signed_plus open_bracket approximate "
        "equation zero leading_zero bad_group mixed_marks one_decimal long_decimals two_points double_mark "
        "fraction_over range two_beside list table_row"
    ),
    "several": "two_stacked between_lines two_lines date_above column table_cells",
    "struck": (
        "struck_line struck_double struck_slash struck_cross struck_scribble struck_scrawl struck_loops "
        "struck_hatch struck_wave struck_digit_line struck_digit_double struck_digit_slash struck_digit_cross "
        "struck_digit_scribble struck_digit_scrawl struck_digit_loops struck_digit_hatch struck_digit_wave "
        "struck_digit_print struck_part struck_print struck_new_beside struck_new_above struck_twice"
    ),
    "corrected": "digit_corrected digit_inserted digit_circled colon_merged point_raised",
    "altered": (
        "overwritten overwritten_digit blot_digit blots blots_alone smeared erased erased_part fluid "
        "fluid_digit fluid_rewritten"
    ),
    "cut": (
        "cut_left cut_right cut_top cut_bottom cut_askew half_missing rows_lost halves_shifted folded_away"
    ),
    "turned": "mirrored flipped upside_down quarter_turn_cw quarter_turn_ccw tilted",
    "light": (
        "shade_half shade_black light_falloff glare dropout_level dropout_upright streaks streaks_dense "
        "show_through show_through_alone"
    ),
    "damage": ("redacted hole torn defocused mosaic digit_missing pen_dry washed covered pasted laid_twice"),
    "stamps": "stamp_void stamp_paid stamp_copy stamp_alone void_written",
    "marks": (
        "circles boxes checkboxes crosses plus_signs ticks arrows stars triangles hearts smiles tally "
        "question_marks spirals zigzags dots houses flowers stick_figures bolts waves diamonds brackets loops "
        "level_strokes mixed_shapes signature scribbled"
    ),
    "blank": (
        "paper noisy_paper specks noise ruled_lines comb security_print symbol_alone barcode matrix_code "
        "photograph micr field_struck paragraph chart"
    ),
}
"""Kinds by group; those of PRINTED exist as printed_KIND, too."""

PRINTED = ("dates", "numbers", "references", "words", "malformed")
"""Groups whose kinds are written by hand or printed by machine."""

HELP = f"""Synthesize pictures without a clean amount, by kind.

labels.csv has file, kind, amount and text. An empty amount must not be accepted; another one is read right or refused.

[dim]docreader synth negatives --digits mnist/ --out made/ --count 1000 --kinds struck,date_slashes[/dim]

Groups and their kinds (those of {", ".join(PRINTED)} exist as printed_KIND, too):

"""


@synth.command(
    "negatives",
    help=HELP + "\n\n".join(f"{name}: {kinds.replace(' ', ', ')}" for name, kinds in KINDS.items()),
)
def negatives(
    digits: DigitsOption,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the output: images/ and labels.csv.")
    ],
    count: CountOption = 1000,
    kinds: Annotated[
        str,
        typer.Option(
            "--kinds", metavar="NAMES", help="Kinds and groups, separated by commas; drawn in turn."
        ),
    ] = "all",
    seed: SeedOption = 0,
    part: PartOption = "train",
    form: FormatOption = "png",
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Synthesize pictures without a clean amount, by kind."""
    from docreader.synthesis.dataset import prepare_folder
    from docreader.synthesis.errors import UnknownKindError
    from docreader.synthesis.glyph_bank import DigitBank
    from docreader.synthesis.negatives import negative_samples, select_kinds, write_negatives

    try:
        chosen = select_kinds(kinds)
    except UnknownKindError as error:
        raise typer.BadParameter(str(error), param_hint="--kinds") from error
    bank = DigitBank.from_directory(digits, part)
    prepare_folder(out, force)
    samples = negative_samples(bank, count, kinds=chosen, seed=seed)
    with Progress("negatives", count, quiet=quiet) as bar:
        write_negatives(out, samples, suffix=f".{form}", progress=bar.advance)
