import copy

import pytest
import torch

from docreader.training.recognizer.sdlm import DiagonalLM, curvatures
from models.criteria import maximum_a_posteriori
from models.lenet5 import LeNet5, LeNet5Config


@pytest.fixture
def model():
    torch.manual_seed(0)
    return LeNet5(LeNet5Config(labels=("0", "1", "2"), scale=0.03)).double()


PICTURES = torch.rand(3, 1, 32, 32, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.parametrize("criterion", ["map", "ml"])
def test_curvatures_of_the_last_layer_are_the_gauss_newton_diagonal(model, criterion):
    """A weight of F6 moves one state alone, so that nothing is left out: J^T H J, H by automatic differentiation."""
    with torch.no_grad():
        states = model.s4(model.c3(model.s2(model.c1(-0.1 + 1.275 * PICTURES))))
        seen = model.c5(states).flatten(1)

    def loss(penalties, target):
        if criterion == "ml":
            return penalties[target]
        return maximum_a_posteriori(penalties[None], torch.tensor([target]), model.rubbish, model.scale)

    total = torch.zeros_like(model.f6.weight)
    for given in seen:
        states = model.f6(given).detach()
        slopes = 2.0 * (states - model.output.codes)  # classes x 84
        inner = torch.autograd.functional.hessian(lambda y: loss(y, 1), model.output(states))
        along = torch.einsum("cj,cd,dj->j", slopes, inner, slopes)
        if criterion == "ml":
            along = torch.full_like(states, 2.0)
        slope = torch.func.jacrev(lambda a: 1.7159 * torch.tanh(2 * a / 3))(
            model.f6.weight @ given + model.f6.bias
        ).diagonal()
        total += (along * slope.square()).unsqueeze(1) * given.square()
    found = curvatures(model, PICTURES, criterion)[model.f6.weight]
    assert torch.allclose(found, total / len(PICTURES), rtol=1e-8)


def test_curvatures_equal_the_recursion_by_hand(model):
    """S4 and C3's biases from the rules of the paper, unit by unit, without automatic differentiation."""
    one = PICTURES[:1]
    with torch.no_grad():
        x = -0.1 + 1.275 * one
        s2 = model.s2(model.c1(x))
        c3 = model.c3(s2)
        s4 = model.s4(c3)
        c5 = model.c5(s4).flatten()
        f6 = model.f6(c5)

        def slope(state):
            return (2 / 3) * (1.7159 - state**2 / 1.7159)

        h = torch.full_like(f6, 2.0) * slope(f6) ** 2
        h = (model.f6.weight.square().T @ h) * slope(c5) ** 2
        h_s4 = torch.einsum("oiyx,o->iyx", model.c5.weight.square(), h) * slope(s4[0]) ** 2
        blocks = c3[0].unfold(1, 2, 2).unfold(2, 2, 2).square().sum((-1, -2))
        coefficient = (h_s4 * blocks).sum((1, 2))
        spread = torch.nn.functional.interpolate(h_s4[None], scale_factor=2)[0]
        h_c3 = spread * model.s4.coefficient.square().view(-1, 1, 1) * slope(c3[0]) ** 2
        first = model.c3.weight.new_zeros(5, 5)
        for row in range(5):
            for column in range(5):
                first[row, column] = (h_c3[0] * s2[0, 0, row : row + 10, column : column + 10].square()).sum()
    found = curvatures(model, one, "ml")
    assert torch.allclose(found[model.s4.coefficient], coefficient)
    assert torch.allclose(found[model.s4.bias], h_s4.sum((1, 2)))
    assert torch.allclose(found[model.c3.bias], h_c3.sum((1, 2)))
    assert torch.allclose(found[model.c3.weight][0], first)


def test_every_trainable_weight_has_a_nonnegative_curvature(model):
    found = curvatures(model, PICTURES)
    trainable = {weight for weight in model.parameters() if weight.requires_grad}
    assert set(found) == trainable
    for weight, curvature in found.items():
        assert curvature.shape == weight.shape
        assert bool((curvature >= 0).all())
        assert bool((curvature > 0).any())


def test_a_step_is_the_gradient_over_curvature_and_mu():
    weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    optimizer = DiagonalLM([weight], lr=0.5, mu=0.1)
    weight.grad = torch.tensor([1.0, 4.0])
    with pytest.raises(RuntimeError, match="set_curvatures"):
        optimizer.step()
    optimizer.set_curvatures({weight: torch.tensor([0.4, 0.0])})
    optimizer.step()
    assert torch.allclose(weight.detach(), torch.tensor([1 - 0.5 / 0.5, 2 - 0.5 * 4 / 0.1]))


def test_network_is_not_changed(model):
    before = copy.deepcopy(model.state_dict())
    curvatures(model, PICTURES)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())
