"""Words of the project: US spelling, and one term for one thing."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXCLUDED = (
    "CHANGELOG.md",
    "benchmarks/notes/",
    "benchmarks/results/",
    "tests/test_words.py",
    "LICENSE",
    "benchmarks/compare_records.py",
    "models/migration.py",
    "tests/models/test_migration.py",
)

SPELLING = {
    r"recognis\w*": "recognize, recognizer",
    r"normalis\w*": "normalize",
    r"optimis(?:e|ed|er|ers|es|ing|ation|ations)": "optimize, optimizer",
    r"initialis\w*": "initialize",
    r"synthesis(?:e|ed|es|ing|er|ers)": "synthesize",
    r"binaris\w*": "binarize",
    r"vectoris\w*": "vectorize",
    r"summaris\w*": "summarize",
    r"penalis\w*": "penalize",
    r"quantis\w*": "quantize",
    r"memoris\w*": "memorize",
    r"visualis\w*": "visualize",
    r"serialis\w*": "serialize",
    r"organis\w*": "organize",
    r"tokenis\w*": "tokenize",
    r"standardis\w*": "standardize",
    r"regularis\w*": "regularize",
    r"randomis\w*": "randomize",
    r"colour\w*": "color",
    r"grey\w*": "gray",
    r"centr(?:e|es|ed|ing)": "center",
    r"centerd": "centered",
    r"behaviour\w*": "behavior",
    r"neighbour\w*": "neighbor",
    r"favour\w*": "favor",
    r"label(?:led|ling)": "labeled, labeling",
    r"model(?:led|ling)": "modeled, modeling",
    r"cancelled": "canceled",
    r"licence\w*": "license",
    r"catalogue\w*": "catalog",
    r"judgement\w*": "judgment",
    r"analys(?:e|ed|ing)": "analyze",
    r"artefact\w*": "artifact",
    r"metre\w*": "meter",
    r"learnt": "learned",
}
"""British spelling, as regular expressions of whole words, and the US one."""

NAMES = {
    "choosing": "docreader.pipeline.prepare, select",
    "telling": "docreader.pipeline.assemble",
    "page_kind": "segment.page.analysis.analyze_page",
    "page_picture": "docreader.visualization.page",
    "piece_table": "segment.image.components",
    "written_pieces": "segment.cleaning._kernels.component_filter",
    "rule_search": "segment.cleaning._kernels.line_detection",
    "rule_erasing": "segment.cleaning._kernels.line_removal",
    "frame_edges": "segment.cleaning._kernels.box_edges",
    "piece_reader": "models.segment_scorer",
    "swept_lenet5": "models.lenet5_sdnn",
    "shared_layers": "docreader.training.common.sync_layers",
    "Waiting": "PreparedPage",
    "Teller": "assemble",
    "Examination": "ReadingTrace",
    "PieceReader": "SegmentScorer",
    "PieceReaderConfig": "SegmentScorerConfig",
    "Sweeper": "LineRecognizer",
    "PackedSweeper": "PackedLineRecognizer",
    "SweptLeNet5": "LeNet5SDNN",
    "cents_apart": "merge_raised_cents",
    "from_all_sides": "shear_tta",
    "look_again": "second_pass",
    "look_of": "segment_scoring",
    "find_views": "make_line_views",
    "views_of": "line_views_of",
    "in_stages": "run_cascade",
    "nothing_score": "empty_reading_score",
    "best_answers": "best_hypotheses",
    "load_method": "load_recognizer",
    "by_rule": "is_rule_rejection",
    "unsure_point": "ambiguous_decimal_point",
    "ambiguous_amount": "possible_minus, possible_raised_cents",
    "no_field": "field_not_found, single_digit",
    "show_all": "unredacted",
    "to_page_boxes": "boxes",
    "page_boxes": "source_boxes",
    "box_on_page": "Transform.box",
    "give_back": "trim",
    "find_ink": "extract_ink",
    "against_paper": "subtract_background",
    "keep_writing": "remove_specks",
    "find_written": "select_text_components",
    "beside_the_line": "is_off_baseline",
    "remove_rules": "remove_ruled_lines",
    "remove_frame": "remove_form_box",
    "may_be_page": "is_page_sized",
    "kind_of": "analyze_page",
    "amount_cell": "split_currency_symbol",
    "take_over": "copy_weights",
    "model_named": "resolve_model",
    "network_form": "network_config",
    "side_by_side": "pad_sequences",
    "numba_is_there": "has_numba",
    "plain_torch": "use_backend",
    "HELD_PIXELS": "MAX_BATCH_PIXELS",
    "TOGETHER": "MAX_BATCH_ARCS",
    "LISTED": "MIN_HYPOTHESES",
    "SPELLINGS": "SPELLINGS_PER_AMOUNT",
    "ALTERNATIVES": "CALIBRATION_N_BEST",
    "BY_CONFIDENCE": "CONFIDENCE_REASONS",
    "UNTRIED": "UNCALIBRATED_CHECK_THRESHOLD",
    "DIRT": "NON_CHARACTER",
    "joined_interpretation": "lattice_from_scores",
    "AtError": "OperatingPoint",
    "OnPass": "OnEpoch",
    "Hos": "HosRecognizer",
    "Sdnn": "SdnnRecognizer",
    "Averaged": "EMA",
    "Judged": "SampleResult",
    "Tally": "RunSummary, EpochMetrics",
    "Holes": "HeapTrimmer",
    "SURE": "DEFER_BELOW",
    "KEEP": "FRAME_BEAM",
    "SMALLEST": "MIN_DIGIT_HEIGHT",
    "VIEWS": "TTA_SHEARS",
    "ALONE": "SINGLE_PROCESS",
    "WRITTEN": "CHARACTERS",
    "forerunner": "predecessor, model trained without the images",
}
"""Names that have a better one, and the better one."""

OPTIONS = {
    "--viz-all": "--viz-unredacted",
    "--held-out": "--val-fraction",
    "--passes": "--epochs",
    "--sure": "--defer-below",
    "--rubbish": "--negatives-per-digit",
    "--leave-out-unreachable": "--skip-unreachable",
    "--calibration-of": "--copy-calibration-from",
    "--choose-on-val": "--select-on-val",
    "method both": "method ensemble",
    'method="both"': 'method="ensemble"',
    "train pair": "train ensemble",
}
"""Options that have a better name, and the better one."""

_SPELLED = re.compile("|".join(SPELLING), re.IGNORECASE)
PATTERN = re.compile(
    "|".join(
        [rf"(?<![A-Za-z])(?i:{word})(?![A-Za-z])" for word in SPELLING]
        + [rf"(?<!\w){name}(?!\w)" for name in NAMES]
        + [rf"(?<![\w-]){option}(?![\w-])" for option in OPTIONS]
    )
)


def better(word):
    """Return the word to use instead."""
    spelling = next(
        (term for form, term in SPELLING.items() if re.fullmatch(form, word, re.IGNORECASE)), None
    )
    return NAMES.get(word) or OPTIONS.get(word) or spelling


def may_have_one(text):
    """Return whether a text has a word of the tables, apart from its context: fast, for whole files."""
    return (
        any(option in text for option in OPTIONS)
        or not NAMES.keys().isdisjoint(re.findall(r"\w+", text))
        or any(_SPELLED.fullmatch(word) for word in set(re.findall(r"[A-Za-z]+", text)))
    )


def text_files():
    """Return the tracked text files."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    suffixes = {".py", ".md", ".toml", ".sh", ".txt", ".json", ".j2", ".cfg", ".yml", ""}
    names = [name for name in listed.stdout.decode().split("\0") if name and not name.startswith(EXCLUDED)]
    return [ROOT / name for name in names if Path(name).suffix in suffixes and (ROOT / name).is_file()]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_no_word_has_a_better_one():
    found = []
    for path in text_files():
        text = path.read_text(encoding="utf-8", errors="ignore")
        for number, line in enumerate(text.splitlines() if may_have_one(text) else (), start=1):
            found += [
                f"{path.relative_to(ROOT)}:{number}: '{match[0]}', better: {better(match[0])}"
                for match in PATTERN.finditer(line)
            ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("word", ["recogniser", "labelled", "look_again", "--held-out", "Waiting"])
def test_a_word_with_a_better_one_is_found(word):
    text = f"a {word}, here"
    assert may_have_one(text)
    assert PATTERN.search(text)
    assert better(word)


@pytest.mark.parametrize("word", ["synthesis", "centered", "page_kind_of_two", "--passes-on", "analysis"])
def test_other_words_are_not(word):
    assert not PATTERN.search(f"a {word}, here")
