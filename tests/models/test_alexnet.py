import numpy as np
import pytest
import torch
from torch import nn

from models.alexnet import LRN, AlexNet, AlexNetConfig, LocalResponseNorm
from models.errors import ConfigurationError, WeightsError
from models.files import describe, load_model, save_model
from models.historical.alexnet_columns import TwoColumnAlexNet
from models.pyramid import PyramidConfig, PyramidNet, load_stack

THOUSAND = tuple(str(number) for number in range(1000))
SMALL = {"2012": (67, 2), "2014": (64, 4), "batch-norm": (104, 2)}

COUNTS_2012 = {
    "conv1": 34_944,
    "conv2": 307_456,
    "conv3": 885_120,
    "conv4": 663_936,
    "conv5": 442_624,
    "fc6": 37_752_832,
    "fc7": 16_781_312,
    "fc8": 4_097_000,
}


def on_meta(config: AlexNetConfig) -> AlexNet:
    """The network without memory for its weights."""
    with torch.device("meta"):
        return AlexNet(config)


def small(form: str, **values: object) -> AlexNet:
    size, stride = SMALL[form]
    torch.manual_seed(1)
    return AlexNet(AlexNetConfig(("a", "b", "c"), form, size, stride, **values)).eval()  # type: ignore[arg-type]


def counts(module: nn.Module) -> dict[str, int]:
    return {
        name.rpartition(".")[2]: sum(weight.numel() for weight in layer.parameters())
        for name, layer in module.named_modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    }


def test_the_form_of_2012_has_the_parameters_of_the_table() -> None:
    module = on_meta(AlexNetConfig(THOUSAND))
    assert counts(module) == COUNTS_2012
    assert sum(weight.numel() for weight in module.parameters()) == 60_965_224


def test_the_maps_of_2012_have_the_sizes_of_the_table() -> None:
    module = on_meta(AlexNetConfig(THOUSAND))
    seen = {}
    maps = torch.empty(1, 3, 227, 227, device="meta")
    for name, layer in module.features.named_children():
        maps = layer(maps)
        if name.startswith("conv"):
            seen[name] = tuple(maps.shape[1:])
    assert list(seen.values()) == [(96, 55, 55), (256, 27, 27), (384, 13, 13), (384, 13, 13), (256, 13, 13)]


def test_the_form_of_2014_has_as_many_parameters_as_torchvisions() -> None:
    module = on_meta(AlexNetConfig(THOUSAND, "2014", 224))
    assert sum(weight.numel() for weight in module.parameters()) == 61_100_840
    assert sum(weight.numel() for weight in module.features.parameters()) == 2_469_696


def test_the_form_with_batch_norm_has_the_reviews_parameters() -> None:
    module = on_meta(AlexNetConfig(("cat", "dog"), "batch-norm", 224))
    trainable = sum(weight.numel() for weight in module.parameters())
    running = sum(value.numel() for name, value in module.named_buffers() if "running" in name)
    assert trainable == 21_585_985
    assert trainable + running == 21_586_689


def test_initial_weights_of_2012_are_the_papers() -> None:
    module = small("2012")
    for name, layer in module.named_modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            own = name.rpartition(".")[2]
            wanted = 1.0 if own in ("conv2", "conv4", "conv5", "fc6", "fc7") else 0.0
            assert torch.equal(layer.bias, torch.full_like(layer.bias, wanted)), name
            if layer.weight.numel() > 10_000:
                assert float(layer.weight.detach().std()) == pytest.approx(0.01, rel=0.05), name


@pytest.mark.parametrize("groups", [1, 2])
def test_normalization_is_the_papers_formula(groups: int) -> None:
    maps = torch.randn(2, 12, 3, 2, generator=torch.Generator().manual_seed(3)) * 40
    found = LocalResponseNorm(12, groups)(maps).numpy()
    values = maps.numpy().astype(np.float64)
    own = 12 // groups
    for i in range(12):
        start = i // own * own
        low, high = max(start, i - 2), min(start + own - 1, i + 2)
        total = (values[:, low : high + 1] ** 2).sum(1)
        wanted = values[:, i] / (LRN["k"] + LRN["alpha"] * total) ** LRN["beta"]
        np.testing.assert_allclose(found[:, i], wanted, rtol=1e-5)


def test_two_columns_on_two_devices_give_the_same_scores() -> None:
    whole = small("2012")
    with torch.no_grad():
        for weight in whole.parameters():
            weight.mul_(3)
    columns = TwoColumnAlexNet(whole, ["cpu", "cpu:0"]).eval()
    pictures = torch.randn(2, 3, 67, 67, generator=torch.Generator().manual_seed(5))
    torch.testing.assert_close(columns(pictures), whole(pictures))
    assert sum(w.numel() for w in columns.parameters()) == sum(w.numel() for w in whole.parameters())


def test_only_the_form_of_2012_has_two_columns() -> None:
    with pytest.raises(ConfigurationError, match="one column"):
        TwoColumnAlexNet(small("2014"), ["cpu", "cpu"])
    with pytest.raises(ConfigurationError, match="two devices"):
        TwoColumnAlexNet(small("2012"), ["cpu"])


def test_forms_meant_for_it_take_any_size() -> None:
    assert small("2014")(torch.zeros(1, 3, 97, 130)).shape == (1, 3)
    assert small("batch-norm")(torch.zeros(1, 3, 130, 150)).shape == (1, 3)


def test_one_unit_scores_two_classes_in_the_reviews_form() -> None:
    module = AlexNet(AlexNetConfig(("cat", "dog"), "batch-norm", 104, 2)).eval()
    scores = module(torch.zeros(1, 3, 104, 104))
    assert scores.shape == (1, 2)
    assert float(scores[0, 0].detach()) == 0.0


@pytest.mark.parametrize(
    "values",
    [
        {"labels": ("a",)},
        {"labels": ("a", "a")},
        {"form": "2013"},
        {"size": 40},
        {"stride": 5},
        {"dropout": 1.0},
        {"form": "batch-norm", "size": 96},
    ],
)
def test_invalid_configuration_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        AlexNetConfig(**({"labels": ("a", "b")} | values))  # type: ignore[arg-type]


@pytest.mark.parametrize("half", [False, True])
def test_model_file_restores_the_scores(tmp_path: object, half: bool) -> None:
    torch.manual_seed(2)
    module = PyramidNet(PyramidConfig(("a", "b", "c"), (1, 2), 8)).eval()
    metadata = describe(module, kind="classifier", name="m", version="1")
    path = f"{tmp_path}/m.safetensors"
    save_model(path, module, metadata, half=half)
    loaded = load_model(path, kind="classifier")
    pictures = torch.randn(1, 3, 96, 64)
    assert torch.equal(loaded.module(pictures), module(pictures))


def test_weights_of_2014_load_by_torchvisions_names(tmp_path: object) -> None:
    module = PyramidNet(PyramidConfig(("a", "b")))
    arrays = {}
    for number, place in enumerate((0, 3, 6, 8, 10), 1):
        layer = module.stack.get_submodule(f"conv{number}")
        for kind in ("weight", "bias"):
            value = np.random.default_rng(place).normal(size=getattr(layer, kind).shape)
            arrays[f"features.{place}.{kind}"] = value.astype(np.float32)
    path = f"{tmp_path}/stack.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]
    load_stack(module, path)
    np.testing.assert_array_equal(module.stack.conv3.weight.detach().numpy(), arrays["features.6.weight"])  # type: ignore[union-attr]
    with pytest.raises(WeightsError):
        load_stack(AlexNet(AlexNetConfig(("a", "b"), "2012", 67, 2)), path)


def test_caffes_initial_weights_have_small_biases_and_smaller_full_layers() -> None:
    module = small("2012")
    module.reset_parameters("caffe")
    assert torch.equal(module.fc7.bias, torch.full_like(module.fc7.bias, 0.1))
    assert torch.equal(module.fc8.bias, torch.zeros_like(module.fc8.bias))
    assert float(module.fc7.weight.detach().std()) == pytest.approx(0.005, rel=0.01)
    assert float(module.features.conv3.weight.detach().std()) == pytest.approx(0.01, rel=0.01)


def test_hes_initial_weights_keep_the_variance_through_the_convolutions() -> None:
    torch.manual_seed(1)
    module = small("2012")
    module.reset_parameters("he")
    assert float(module.features.conv3.weight.detach().std()) == pytest.approx((2 / 2304) ** 0.5, rel=0.01)
    assert float(module.fc7.weight.detach().std()) == pytest.approx(0.5 / 64, rel=0.01)
    with torch.no_grad():
        maps = module.features(torch.randn(4, 3, 67, 67))
        assert maps.square().mean().sqrt() > 0.3
        module.reset_parameters("uniform")
        assert module.features(torch.randn(4, 3, 67, 67)).square().mean().sqrt() < 0.1


def test_uniform_weights_are_asked_for() -> None:
    module = small("2012")
    module.reset_parameters("uniform")
    assert float(module.fc7.weight.detach().abs().max()) == pytest.approx(1 / 64, rel=0.01)
