import torch

from docreader.training.common.ema import EMA
from models.lenet import LeNet, LeNetConfig

SMALL = LeNetConfig(maps=(2, 2, 4, 4))


def test_the_average_follows_the_weights_and_the_statistics_of_batch_norm():
    network = LeNet(SMALL)
    ema = EMA(network, 0.5)
    ema.n_averaged.fill_(100)
    wanted = network.output.bias.detach().clone()
    for _ in range(5):
        with torch.no_grad():
            network.output.bias.add_(1.0)
            network.c1[1].running_mean.add_(1.0)
            network.c1[1].num_batches_tracked.add_(1)
        ema.update_parameters(network)
        wanted = 0.5 * wanted + 0.5 * network.output.bias.detach()
    assert torch.allclose(ema.module.output.bias, wanted)
    assert 3 < float(ema.module.c1[1].running_mean[0]) < 5
    assert ema.module.c1[1].num_batches_tracked == 5
    assert ema.n_averaged == 105


def test_the_initial_weights_are_forgotten_within_some_steps():
    network = LeNet(SMALL)
    ema = EMA(network, 0.999)
    with torch.no_grad():
        network.output.bias.fill_(7.0)
    for _ in range(30):
        ema.update_parameters(network)
    assert (ema.module.output.bias > 6.9).all()


def test_the_first_update_has_a_decay_of_a_tenth():
    network = LeNet(SMALL)
    ema = EMA(network, 0.999)
    before = network.output.bias.detach().clone()
    with torch.no_grad():
        network.output.bias.fill_(1.0)
    ema.update_parameters(network)
    assert torch.allclose(ema.module.output.bias, 0.1 * before + 0.9)


def test_without_decay_the_average_equals_the_network():
    network = LeNet(SMALL)
    ema = EMA(network, 0.0)
    with torch.no_grad():
        network.output.bias.fill_(1.0 / 3.0)
    ema.update_parameters(network)
    assert torch.equal(ema.module.output.bias, network.output.bias)
