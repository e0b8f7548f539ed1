import torch

from docreader.training.common.ema import EMA
from models.lenet import LeNet, LeNetConfig

SMALL = LeNetConfig(maps=(2, 2, 4, 4))


def test_the_mean_follows_the_weights_and_the_figures_of_batch_norm():
    averaged = EMA(LeNet(SMALL), 0.5)
    wanted = averaged.module.output.bias.detach().clone()
    for step in range(100, 105):
        with torch.no_grad():
            averaged.module.output.bias.add_(1.0)
            averaged.module.c1[1].running_mean.add_(1.0)
        averaged.update(step)
        wanted = 0.5 * wanted + 0.5 * averaged.module.output.bias.detach()
    assert torch.allclose(averaged.mean.output.bias, wanted)
    assert 3 < float(averaged.mean.c1[1].running_mean[0]) < 5


def test_the_first_weights_are_soon_forgotten():
    averaged = EMA(LeNet(SMALL), 0.999)
    with torch.no_grad():
        averaged.module.output.bias.fill_(7.0)
    for step in range(30):
        averaged.update(step)
    assert (averaged.mean.output.bias > 6.9).all()


def test_without_decay_the_mean_is_the_network():
    averaged = EMA(LeNet(SMALL), 0.0)
    averaged.update(0)
    assert averaged.mean is averaged.module
