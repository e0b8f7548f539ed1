"""The loop on a line through points: a task of three methods."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from docreader.training.common.checkpoint import Progress
from docreader.training.common.ema import EMA
from docreader.training.common.errors import CheckpointError
from docreader.training.common.fit import EpochData, Step, Trainer
from docreader.training.common.schedules import warmup_cosine

STEPS = 4


class LineTask:
    """Fit y = 3 x; the errors of validation are given."""

    def __init__(self, errors=(), batches=STEPS):
        self.errors, self.batches, self.validated = list(errors), batches, []

    def epoch_examples(self, network, epoch):
        assert not network.training
        return EpochData((torch.randn(8, 1) for _ in range(self.batches)), STEPS, epoch, {"extra": 1.0})

    def training_step(self, network, batch):
        assert network.training
        difference = network(batch) - 3 * batch
        return Step(difference.square().mean(), (difference.abs() > 0.1).sum(), len(batch))

    def validate(self, network):
        assert not network.training
        self.validated.append(network)
        return {"held_out_error": self.errors[len(self.validated) - 1]} if self.errors else {}


def make(out, task=None, **options):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.2))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.2)
    steps = STEPS * options.get("epochs", 3)
    settings = {"epochs": 3, "identity": {"data": "hash"}, "device": torch.device("cpu"), "out": out}
    settings["scheduler"] = warmup_cosine(optimizer, 2, steps)
    return Trainer(task=task or LineTask(), network=network, optimizer=optimizer, **settings | options)


def test_the_line_is_fitted(tmp_path):
    seen = []
    trained = make(tmp_path, epochs=40, on_epoch=seen.append).fit()
    assert seen == trained.history
    assert trained.data == "hash"
    assert [row["epoch"] for row in seen[:2]] == [1, 2]
    assert seen[0]["extra"] == 1.0
    assert trained.network[0].weight.item() == pytest.approx(3.0, abs=1.0)  # dropout makes it smaller
    assert not trained.network.training


@pytest.mark.parametrize("averaged", [True, False])
def test_a_resumed_run_ends_with_the_same_bits(tmp_path, averaged):
    def trainer(name, **options):
        made = make(tmp_path / name, **options)
        return replace(made, ema=EMA(made.network, 0.9)) if averaged else made

    def stop(row):
        if row["epoch"] == 2:
            raise KeyboardInterrupt

    whole = trainer("whole").fit()
    with pytest.raises(KeyboardInterrupt):
        trainer("parts", on_epoch=stop).fit()
    resumed = trainer("parts").fit(resume=True)
    assert resumed.history == whole.history
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, resumed.network.state_dict()[name])


def test_the_network_of_the_best_epoch_is_returned(tmp_path):
    weights = []
    trainer = make(
        tmp_path,
        LineTask([0.5, 0.2, 0.4]),
        on_epoch=lambda row: weights.append(trainer.network[0].weight.item()),
    )
    trained = trainer.fit()
    assert trained.epoch == 2
    assert trained.network[0].weight.item() == weights[1]


@pytest.mark.parametrize(("errors", "best"), [([0.2, 0.2, 0.3], 2), ([], 3)])
def test_of_equal_epochs_the_latest_is_taken(tmp_path, errors, best):
    assert make(tmp_path, LineTask(errors)).fit().epoch == best


def test_further_figures_break_ties(tmp_path):
    trained = make(tmp_path, LineTask([0.2] * 3), monitor=("held_out_error", "epoch")).fit()
    assert trained.epoch == 1


def test_training_stops_without_improvement(tmp_path):
    trained = make(tmp_path, LineTask([0.5, 0.1, 0.2, 0.2, 0.2, 0.2]), epochs=6, patience=2).fit()
    assert (trained.epoch, len(trained.history)) == (2, 4)


def test_checkpoints_are_written_as_often_as_asked_for(tmp_path):
    def stop(row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, checkpoint_every=2, on_epoch=stop).fit()
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        make(tmp_path).fit(resume=True)


def test_a_short_epoch_skips_steps_of_the_schedule(tmp_path):
    whole, short = make(tmp_path / "a"), make(tmp_path / "b", LineTask(batches=STEPS - 1))
    short.ema = EMA(short.network, 0.9)
    whole.fit()
    short.fit()
    assert short.scheduler.last_epoch == whole.scheduler.last_epoch == 3 * STEPS
    assert short.ema.n_averaged == 3 * STEPS + 1


def test_a_schedule_by_epochs_may_depend_on_the_history(tmp_path):
    progress = Progress()
    trainer = make(tmp_path, progress=progress, interval="epoch")
    trainer.scheduler = torch.optim.lr_scheduler.LambdaLR(
        trainer.optimizer, lambda epoch: 0.5 ** len(progress.history)
    )
    assert [row["lr"] for row in trainer.fit().history] == [0.2, 0.1, 0.05]


def test_steps_are_reported(tmp_path):
    seen = []
    make(
        tmp_path, epochs=1, on_step=lambda epoch, step, steps, metrics: seen.append((epoch, step, steps))
    ).fit()
    assert seen == [(1, step, STEPS) for step in range(1, STEPS + 1)]


def test_the_callers_random_state_is_kept(tmp_path):
    trainer = make(tmp_path)
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    trainer.fit()
    assert torch.equal(torch.rand(2), expected)
