import math

import pytest
import torch
from torch import nn

from models.errors import ConfigurationError
from models.lenet5 import C3_TABLE, LeNet5, LeNet5Config, RadialBasis, squash

# GBL98 sec. II-B: trainable parameters and connections of each layer.
PAPER = {
    "c1": (156, 122_304),
    "s2": (12, 5_880),
    "c3": (1_516, 151_600),
    "s4": (32, 2_000),
    "c5": (48_120, 48_120),
    "f6": (10_164, 10_164),
    "output": (0, 840),
}


@pytest.fixture
def model():
    torch.manual_seed(0)
    return LeNet5()


@pytest.mark.parametrize(("layer", "parameters"), [(name, p) for name, (p, _) in PAPER.items()])
def test_trainable_parameters_of_each_layer(model, layer, parameters):
    found = sum(p.numel() for p in getattr(model, layer).parameters() if p.requires_grad)
    assert found == parameters


def test_trainable_parameters_are_60_000(model):
    assert sum(p.numel() for p in model.parameters() if p.requires_grad) == 60_000
    assert model.output.codes.numel() == 840


def test_connections_of_each_layer(model):
    """A unit's connections are the inputs that move it, and one for its bias."""
    inputs, sizes = {}, {}

    def note(name, given, out):
        inputs[name], sizes[name] = given[0].detach().requires_grad_(), tuple(out.shape[1:])

    for name in PAPER:
        getattr(model, name).register_forward_hook(lambda _, given, out, name=name: note(name, given, out))
    model(torch.rand(1, 1, 32, 32))
    for name, (_, connections) in PAPER.items():
        maps, *places = sizes[name]
        found = 0
        for unit in range(maps):  # all units of a map have as many: the first and the last are counted
            out = getattr(model, name).forward(inputs[name]).reshape(maps, -1)[unit]
            counts = {
                int((torch.autograd.grad(value, inputs[name], retain_graph=True)[0] != 0).sum())
                for value in (out[0], out[-1])
            }
            assert len(counts) == 1
            found += (counts.pop() + (name != "output")) * math.prod(places)
        assert found == connections, name


def test_sizes_of_the_maps(model):
    x = torch.rand(2, 1, 32, 32)
    shapes = []
    for name in ("c1", "s2", "c3", "s4", "c5"):
        x = getattr(model, name)(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1)]


def test_c3_equals_sixteen_small_convolutions(model):
    x = torch.rand(3, 6, 14, 14)
    maps, start = [], 0
    for out, sources in enumerate(C3_TABLE):
        kernels = model.c3.weight[start : start + len(sources)].unsqueeze(0)
        start += len(sources)
        maps.append(nn.functional.conv2d(x[:, list(sources)], kernels, model.c3.bias[out : out + 1]))
    assert start == 60
    assert torch.allclose(model.c3(x), squash(torch.cat(maps, 1)), atol=1e-6)


def test_the_table_of_the_paper():
    written = " ".join("".join(map(str, maps)) for maps in C3_TABLE)
    assert written == "012 123 234 345 045 015 0123 1234 2345 0345 0145 0125 0134 1245 0235 012345"


def test_subsampling_is_sum_times_coefficient_plus_bias(model):
    x = torch.rand(2, 6, 4, 4)
    total = x[..., ::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, ::2] + x[..., 1::2, 1::2]
    expected = total * model.s2.coefficient.view(6, 1, 1) + model.s2.bias.view(6, 1, 1)
    assert torch.allclose(model.s2(x), squash(expected), atol=1e-6)


def test_squash_passes_through_one():
    ends = squash(torch.tensor([-1.0, 0.0, 1.0, 1e6]))
    assert torch.allclose(ends, torch.tensor([-1.0, 0.0, 1.0, 1.7159]), atol=1e-4)


def test_rbf_is_the_squared_distance():
    codes = torch.randn(5, 84).sign()
    x = torch.randn(7, 84)
    expected = ((x.unsqueeze(1) - codes) ** 2).sum(-1)
    assert torch.allclose(RadialBasis(codes)(x), expected, rtol=1e-4, atol=1e-3)


def test_rbf_of_a_code_itself_is_zero_and_never_below():
    codes = torch.randn(5, 84).sign()
    found = RadialBasis(codes)(codes)
    assert bool((found >= 0).all())
    assert torch.allclose(found.diagonal(), torch.zeros(5), atol=1e-4)


def test_initial_weights_lie_within_two_point_four_over_fan_in(model):
    for weight, fan_in in [(model.c1.weight, 25), (model.c5.weight, 400), (model.f6.weight, 120)]:
        assert float(weight.detach().abs().max()) <= 2.4 / fan_in
        assert float(weight.detach().abs().max()) > 0.9 * 2.4 / fan_in
    start = 0
    for maps in C3_TABLE:
        kernels = model.c3.weight[start : start + len(maps)].detach()
        start += len(maps)
        assert float(kernels.abs().max()) <= 2.4 / (25 * len(maps))


def test_paper_and_ink_become_the_papers_gray_range(model):
    seen = []
    model.c1.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    x = torch.zeros(1, 1, 32, 32)
    x[..., 5, 5] = 1
    model(x)
    assert seen[0].min().item() == pytest.approx(-0.1)
    assert seen[0].max().item() == pytest.approx(1.175)


def test_log_posteriors_are_probabilities_with_rubbish_last(model):
    x = torch.rand(4, 1, 32, 32)
    scores = model.log_posteriors(x)
    assert scores.shape == (4, 11)
    assert torch.allclose(scores.exp().sum(1), torch.ones(4))
    expected = torch.log_softmax(-torch.cat([model(x), torch.full((4, 1), 50.0)], 1), 1)
    assert torch.allclose(scores, expected, atol=1e-5)


def test_one_answer_alone_and_in_a_batch(model):
    x = torch.rand(5, 1, 32, 32)
    together = model(x)
    alone = torch.cat([model(x[n : n + 1]) for n in range(5)])
    assert torch.allclose(together, alone, atol=1e-4)


def test_chunks_change_nothing(model):
    x = torch.rand(150, 1, 32, 32)
    with torch.inference_mode():
        in_chunks = model(x)
    assert torch.allclose(in_chunks, model(x), atol=1e-4)


def test_empty_batch_has_no_scores(model):
    assert model.log_posteriors(torch.zeros(0, 1, 32, 32)).shape == (0, 11)


def test_other_labels_have_their_own_codes():
    model = LeNet5(LeNet5Config(labels=("0", "-", ".")))
    assert model(torch.zeros(1, 1, 32, 32)).shape == (1, 3)
    assert model.labels == ("0", "-", ".")


@pytest.mark.parametrize("shape", [(1, 32, 32), (1, 1, 28, 28), (1, 3, 32, 32)])
def test_image_of_another_shape_is_refused(model, shape):
    with pytest.raises(ValueError, match=r"\(N, 1, 32, 32\)"):
        model(torch.zeros(shape))


@pytest.mark.parametrize(
    "settings",
    [
        {"labels": ()},
        {"labels": ("1", "1")},
        {"labels": ("12",)},
        {"labels": ("é",)},
        {"labels": (1,)},
        {"rubbish": 0.0},
        {"rubbish": float("nan")},
        {"rubbish": "20"},
        {"scale": -1.0},
        {"scale": float("inf")},
    ],
)
def test_invalid_configuration_is_refused(settings):
    with pytest.raises(ConfigurationError):
        LeNet5Config(**settings)


def test_gradients_reach_every_trainable_parameter(model):
    model.log_posteriors(torch.rand(4, 1, 32, 32))[:, 0].sum().backward()
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None, name
            assert bool(parameter.grad.abs().sum() > 0), name
        else:
            assert parameter.grad is None, name


def test_double_precision_works(model):
    model.double()
    assert model.log_posteriors(torch.rand(1, 1, 32, 32, dtype=torch.float64)).dtype == torch.float64
