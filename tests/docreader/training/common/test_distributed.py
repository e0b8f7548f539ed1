import pytest
import torch

from docreader.training.common.distributed import SINGLE_PROCESS, Processes, init_distributed


@pytest.mark.parametrize(("size", "count"), [(6, 1), (6, 2), (5, 2), (7, 4), (4, 4)])
def test_shards_make_up_the_batch(size, count):
    parts = [list(range(size))[Processes(rank, count).shard(size)] for rank in range(count)]
    assert [row for part in parts for row in part] == list(range(size))
    assert min(map(len, parts)) >= size // count


def test_a_single_process_is_the_main_one():
    assert SINGLE_PROCESS.is_main
    assert not SINGLE_PROCESS.is_distributed
    assert torch.equal(SINGLE_PROCESS.all_reduce(torch.tensor([2.0])), torch.tensor([2.0]))
    assert SINGLE_PROCESS.broadcast("a") == "a"
    assert SINGLE_PROCESS.all_gather("a") == ["a"]


def test_without_torchrun_there_is_one_process(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with init_distributed("cpu") as found:
        assert found == (SINGLE_PROCESS, "cpu")
