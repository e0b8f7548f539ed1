"""Training of a reader that cuts the ink into pieces, through the interpretation graph (GBL98 sec. V and VI)."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

import gtn
from docreader.decoding import alphabet
from docreader.decoding.lattice import segment_interpretation
from docreader.recognition.hos import ScoreSegments, segment_scoring
from docreader.recognition.shape_prior import shape_prior
from docreader.training.reader.augmentation.segment import distort
from docreader.training.reader.copy_weights import take_over
from docreader.training.reader.losses_hos import REST, path_loss, scored, target_graph
from docreader.training.reader.metrics import Measured, judge
from docreader.training.reader.recipe import PieceDistortion, ReaderRecipe
from docreader.training.reader.segmented_fields import Cut, LabeledField
from models.segment_scorer import SegmentScorer, SegmentScorerConfig
from segment.oversegmentation.graph import FEATURES

BATCH = 64

SHARPNESS = 0.3
"""How much of what is known of shapes a reader begins with: enough to tell a dash from a digit, no more than the
gradient can take back."""


def piece_config(
    recognizer: str = "lenet", maps: tuple[int, int, int, int] | None = None
) -> SegmentScorerConfig:
    """The form of a reader of pieces.

    Args:
        recognizer: lenet5, to the letter of the paper, or lenet, the wider member of its family.
        maps: Widths of the wider one; None is what ships.
    """
    if recognizer == "lenet5":
        return SegmentScorerConfig(tuple(alphabet.DIGITS), FEATURES, backbone="lenet5", channels=1)
    default = SegmentScorerConfig(tuple(alphabet.CHARACTERS), FEATURES)
    return default if maps is None else SegmentScorerConfig(tuple(alphabet.CHARACTERS), FEATURES, maps=maps)


class Cutting:
    """What the loop needs to train by heuristic over-segmentation."""

    name = "hos"

    def build(self, recipe: ReaderRecipe) -> SegmentScorer:
        """A new network, which knows of shapes what is typical."""
        assert isinstance(recipe.network, SegmentScorerConfig)
        network = SegmentScorer(recipe.network)
        with torch.no_grad():
            # LeNet-5 sees each segment at the same size: only shapes can tell a dash from a 1.
            network.shape.copy_(shape_prior(1.0 if recipe.network.backbone == "lenet5" else SHARPNESS))
        return network

    def begin(self, network: nn.Module, init: nn.Module) -> None:
        """Take the weights of another reader of the same form, or of a recognizer of single characters.

        Raises:
            TrainingError: The forms differ.
        """
        assert isinstance(network, SegmentScorer)
        take_over(network if isinstance(init, SegmentScorer) else network.recognizer, init)

    def learn(
        self,
        network: nn.Module,
        batch: Sequence[LabeledField],
        recipe: ReaderRecipe,
        device: torch.device,
        chance: torch.Generator,
        rows: slice = slice(None),
    ) -> tuple[Tensor, list[str]]:
        """Loss of each field in some rows of a batch, one of its cuts distorted; and what its best path says."""
        assert isinstance(network, SegmentScorer)
        assert isinstance(recipe.augmentation, PieceDistortion)
        drawn = torch.rand(len(batch), generator=chance, device=chance.device)
        cuts = [
            field.cuts[int(value * len(field.cuts))]
            for field, value in zip(batch, drawn.tolist(), strict=True)
        ]
        counts = torch.tensor([len(cut.pictures) for cut in cuts])
        pictures, features = _stack(cuts, chance.device)
        owner = torch.repeat_interleave(torch.arange(len(cuts)), counts).to(chance.device)
        pictures = distort(pictures, owner, recipe.augmentation, chance)
        first, last, _ = rows.indices(len(cuts))
        own = slice(int(counts[:first].sum()), int(counts[:last].sum()))
        pictures, features, owner = pictures[own], features[own], owner[own] - first
        batch, cuts = batch[rows], cuts[rows]
        pictures = pictures.to(device, memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            scores = network(pictures, features.to(device))
        # Graphs of some thirty arcs are quicker on the CPU, wherever the network is.
        scores = scores.float().cpu()
        if not bool(torch.isfinite(scores.detach()).all()):
            broken = torch.zeros(len(cuts)).index_add(0, owner.cpu(), scores.detach().sum(1))
            return torch.where(torch.isfinite(broken), 0.0, torch.nan), [""] * len(batch)
        values = field_loss(batch, cuts, scores, network.classes, recipe.criterion)
        return values, best_strings(batch, cuts, scores.detach(), network.classes)

    @torch.inference_mode()
    def measure(
        self,
        network: nn.Module,
        examples: Sequence[LabeledField],
        recipe: ReaderRecipe,
        device: torch.device,
    ) -> Measured:
        """Read fields by the best path, no grammar."""
        assert isinstance(network, SegmentScorer)
        network.eval()
        loss, read = 0.0, []
        for first in range(0, len(examples), BATCH):
            some = examples[first : first + BATCH]
            cuts = [field.cuts[0] for field in some]
            scores = _scores(network, cuts, device)
            loss += float(field_loss(some, cuts, scores, network.classes, recipe.criterion).sum())
            read += best_strings(some, cuts, scores, network.classes)
        return judge(loss, read, examples)

    def renewed(
        self,
        network: nn.Module,
        examples: Sequence[LabeledField],
        recipe: ReaderRecipe,
        device: torch.device,
        rng: np.random.Generator,
    ) -> Sequence[LabeledField]:
        """The fields as they are: their distorted copies were cut ahead."""
        return examples

    @torch.inference_mode()
    def graphs(
        self, network: nn.Module, examples: Sequence[LabeledField]
    ) -> list[Callable[[float], gtn.Graph]]:
        """Interpretation graphs of fields at a temperature, on the CPU, the network there too."""
        assert isinstance(network, SegmentScorer)
        cuts = [field.cuts[0] for field in examples]
        graph, scores = gtn.batch([cut.graph for cut in cuts]), _all_scores(segment_scoring(network), cuts)
        return [lambda temperature: segment_interpretation(graph, scores / temperature, network.classes)]


def field_loss(
    fields: Sequence[LabeledField],
    cuts: Sequence[Cut],
    scores: Tensor,
    said: Sequence[str],
    criterion: str,
) -> Tensor:
    """Loss of each field.

    Args:
        fields: B fields; separators may be latent in some.
        cuts: One cut of each, N segments in all.
        scores: (N, len(classes)) log scores of the segments.
        said: What they say.
        criterion: One of `docreader.training.reader.recipe.CRITERIA`.

    Returns:
        (B,) nats.
    """
    values = scores.new_zeros(len(fields))
    for latent, chosen, part in _by_latency(fields, cuts, scores):
        graph = gtn.batch([cuts[number].graph for number in chosen])
        targets = [target_graph(fields[number].target, latent) for number in chosen]
        values = values.index_add(
            0, torch.tensor(chosen), path_loss(graph, part, said, targets, latent, criterion)
        )
    return values


def best_strings(
    fields: Sequence[LabeledField], cuts: Sequence[Cut], scores: Tensor, said: Sequence[str]
) -> list[str]:
    """What the best path of each field says: digits alone where separators are latent, else all but dirt."""
    read = [""] * len(fields)
    for latent, chosen, part in _by_latency(fields, cuts, scores):
        graph = gtn.batch([cuts[number].graph for number in chosen])
        best = gtn.viterbi_path(scored(graph, part, said, latent, "viterbi"))
        silent = REST if latent else alphabet.INDEX[alphabet.NON_CHARACTER]
        bounds = best.arc_offset.tolist()
        found = best.ilabel.tolist()
        for place, number in enumerate(chosen):
            spoken = found[bounds[place] : bounds[place + 1]]
            read[number] = alphabet.decode(label for label in spoken if label != silent)
    return read


def _by_latency(
    fields: Sequence[LabeledField], cuts: Sequence[Cut], scores: Tensor
) -> list[tuple[bool, list[int], Tensor]]:
    """Whether separators are latent, the numbers of the fields where it is so, and the scores of their segments."""
    parts = torch.split(scores, [len(cut.pictures) for cut in cuts])
    found = []
    for latent in (True, False):
        chosen = [number for number, field in enumerate(fields) if field.latent == latent]
        if chosen:
            found.append((latent, chosen, torch.cat([parts[number] for number in chosen])))
    return found


def _stack(cuts: Sequence[Cut], device: torch.device) -> tuple[Tensor, Tensor]:
    pictures = torch.from_numpy(np.concatenate([cut.pictures for cut in cuts])).to(device).float() / 255
    return pictures, torch.from_numpy(np.concatenate([cut.features for cut in cuts])).to(device)


def _scores(look: ScoreSegments, cuts: Sequence[Cut], device: torch.device) -> Tensor:
    pictures, features = _stack(cuts, device)
    return look(pictures.contiguous(memory_format=torch.channels_last), features).float().cpu()


@torch.inference_mode()
def _all_scores(look: ScoreSegments, cuts: Sequence[Cut]) -> Tensor:
    cpu = torch.device("cpu")
    return torch.cat([_scores(look, cuts[at : at + BATCH], cpu) for at in range(0, len(cuts), BATCH)])
