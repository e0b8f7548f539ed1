"""Measure graph operations of gtn and of the peers that can be imported, after checking that their scores agree.

    python benchmarks/graphs.py [--threads 1] [--runs 30] [--peers DIR] [--device cuda] [--scaling]

`--peers` names the site-packages of another environment with the peers (kaldifst, pynini, rustfst-python, arcweight,
torch_struct). All take turns, in three rounds of blocks of runs, so that load on the machine affects all alike.
"processor" is processor time, "of gtn" its ratio to that of gtn.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import torch
from common import Metric, emit, parser, value
from graph_cases.data import Arcs, amount_grammar, large, lattice
from graph_cases.peers import available

import gtn
from gtn.backends import use_backend

BATCH = 64


def build(graphs: list[Arcs], device: str = "cpu") -> gtn.Graph:
    """Build a batch of gtn."""
    acceptor = all(g.ilabel is g.olabel for g in graphs)
    return gtn.graphs_from_arcs(
        [g.src for g in graphs],
        [g.dst for g in graphs],
        [g.ilabel for g in graphs],
        None if acceptor else [g.olabel for g in graphs],
        torch.tensor([w for g in graphs for w in g.weight]),
        num_states=[g.num_states for g in graphs],
        final=[g.final for g in graphs],
    ).to(device)


def fresh(g: gtn.Graph, grad: bool = False) -> gtn.Graph:
    """Copy a graph without its cache."""
    weight = g.weight.detach().clone().requires_grad_(grad)
    arcs = (g.src, g.dst, g.ilabel, g.olabel, weight)
    return gtn.Graph(*arcs, g.arc_offset, g.state_offset, g.start, g.final_weight, g.payload)


def viterbi(g: gtn.Graph) -> list[float]:
    """Find the best paths; return their scores."""
    path = gtn.viterbi_path(fresh(g))
    score = torch.zeros(len(g)).index_add_(
        0, torch.arange(len(g)).repeat_interleave(path.arc_offset.cpu().diff()), path.weight.cpu()
    )
    return score.tolist()


def forward(g: gtn.Graph) -> list[float]:
    """Compute forward scores and the gradient of each arc."""
    score = gtn.forward_score(fresh(g, grad=True))
    score.sum().backward()
    return score.tolist()


def measure(functions: dict[str, Callable[[], Any]], runs: int, device: str) -> dict[str, list[float]]:
    """Measure median and least wall clock and median processor time, ms, in three rounds of blocks."""
    wall: dict[str, list[float]] = {name: [] for name in functions}
    busy: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(3):
        for name, function in functions.items():
            function()  # fills the caches again
            stop = time.perf_counter() + 2.0
            for _ in range(max(runs // 3, 1)):
                begin, cpu = time.perf_counter(), time.process_time()
                function()
                if device != "cpu":
                    torch.cuda.synchronize()
                wall[name].append((time.perf_counter() - begin) * 1e3)
                busy[name].append((time.process_time() - cpu) * 1e3)
                if time.perf_counter() > stop:
                    break  # enough of a slow peer
    return {name: [statistics.median(t), min(t), statistics.median(busy[name])] for name, t in wall.items()}


def agree(name: str, peer: str, ours: list[float], theirs: list[float]) -> None:
    """Compare scores.

    Raises:
        SystemExit: A peer gives other scores.
    """
    worst = max((abs(a - b) / max(1.0, abs(a)) for a, b in zip(ours, theirs, strict=True)), default=0.0)
    if not worst < 1e-3:
        raise SystemExit(f"{name}: {peer} and gtn differ by {worst:g}; nothing was timed")


def cases(peers: list[Any], device: str) -> dict[str, dict[str, Callable[[], Any]]]:
    """Return for each case the functions to time, gtn first."""
    rng = random.Random(1998)
    graphs = [lattice(rng) for _ in range(BATCH)]
    wide = [lattice(rng, labels=13) for _ in range(BATCH)]
    rules, one = amount_grammar(rng), [large(rng)]
    ours, ours_wide, ours_large = build(graphs, device), build(wide, device), build(one, device)
    grammar = build([rules], device)
    targets = [[rng.randrange(10) for _ in range(6)] for _ in range(BATCH)]
    frames = torch.randn(32, 100, 11, generator=torch.Generator().manual_seed(0), device="cpu").to(device)
    words = [[rng.randrange(1, 11) for _ in range(5)] for _ in range(32)]
    weights = ours.weight.cpu()
    tensors = [[torch.tensor(c) for c in (g.src, g.dst, g.ilabel)] for g in graphs]

    def discriminative() -> None:
        gtn.nn.discriminative_forward_loss(fresh(ours, True), targets, zero_infinity=True).backward()

    def grammar_viterbi() -> list[float]:
        return viterbi(gtn.compose(fresh(ours_wide), grammar))

    def grammar_n_best() -> list[float]:
        return gtn.n_best(gtn.compose(fresh(ours_wide), grammar), 5).score.tolist()

    def ctc() -> torch.Tensor:
        scores = frames.clone().requires_grad_()
        loss = gtn.nn.ctc_loss(scores.log_softmax(-1).transpose(0, 1), words)
        loss.backward()
        return loss.detach()

    def ctc_fused() -> torch.Tensor:
        scores = frames.clone().requires_grad_()
        loss = torch.nn.functional.ctc_loss(
            scores.log_softmax(-1).transpose(0, 1), torch.tensor(words), [100] * 32, [5] * 32
        )
        loss.backward()
        return loss.detach()

    def from_tensors() -> gtn.Graph:
        columns = [[t[k] for t in tensors] for k in range(3)]
        return gtn.graphs_from_arcs(*columns, weight=weights, num_states=[g.num_states for g in graphs])

    def from_lists() -> gtn.Graph:
        columns = [[getattr(g, name) for g in graphs] for name in ("src", "dst", "ilabel")]
        return gtn.graphs_from_arcs(*columns, weight=weights, num_states=[g.num_states for g in graphs])

    agree("CTC", "torch", [float(ctc())], [float(ctc_fused())])
    found: dict[str, dict[str, Callable[[], Any]]] = {
        "viterbi": {"gtn": lambda: viterbi(ours)},
        "forward": {"gtn": lambda: forward(ours)},
        "discriminative": {"gtn": discriminative},
        "grammar_viterbi": {"gtn": grammar_viterbi},
        "grammar_5_best": {"gtn": grammar_n_best},
        "from_tensors": {"gtn": from_tensors},
        "from_lists": {"gtn": from_lists},
        "ctc": {"gtn": ctc, "torch, fused": ctc_fused},
        "large_viterbi": {"gtn": lambda: viterbi(ours_large)},
        "large_forward": {"gtn": lambda: forward(ours_large)},
    }
    best, total = viterbi(ours), forward(ours)
    for peer in peers:
        small, big = peer.prepare(graphs), peer.prepare(one)
        if hasattr(peer, "viterbi"):
            agree("Viterbi", peer.name, best, peer.viterbi(small))
            found["viterbi"][peer.name] = partial(peer.viterbi, small)
            found["large_viterbi"][peer.name] = partial(peer.viterbi, big)
        if hasattr(peer, "forward"):
            log = peer.prepare_log if hasattr(peer, "prepare_log") else peer.prepare
            small_log, big_log = log(graphs), log(one)
            agree("forward", peer.name, total, peer.forward(small_log))
            found["forward"][peer.name] = partial(peer.forward, small_log)
            if peer.name != "torch_struct":
                found["large_forward"][peer.name] = partial(peer.forward, big_log)
        if hasattr(peer, "grammar_viterbi"):
            other = getattr(peer, "prepare_to_compose", peer.prepare)(wide)
            theirs = peer.sorted_grammar(rules)
            agree("grammar", peer.name, grammar_viterbi(), peer.grammar_viterbi(other, theirs))
            viterbi_too = partial(peer.grammar_viterbi, other, theirs)
            n_best_too = partial(peer.grammar_n_best, other, theirs)
            found["grammar_viterbi"][peer.name] = viterbi_too
            if scores := n_best_too():
                agree("5 best", peer.name, grammar_n_best(), scores)
            found["grammar_5_best"][peer.name] = n_best_too
        if hasattr(peer, "make"):
            found["from_lists"][peer.name] = partial(peer.make, graphs)
    return found


def gradient_error(device: str) -> float:
    """Return the largest error of the float32 gradient on the large graph, against float64."""
    g = build([large(random.Random(1998))], device)
    exact = gtn.posteriors(fresh(g).to(dtype=torch.float64))
    weight = g.weight.detach().clone().requires_grad_()
    gtn.forward_score(fresh(g).with_weight(weight)).sum().backward()
    return float((weight.grad.double() - exact).abs().max())


def scaling(device: str, runs: int) -> list[tuple[int, float, float]]:
    """Measure Viterbi and forward + gradient on graphs of 10^3 to 10^6 arcs: (arcs, ms, ms), processor time."""
    rows = []
    for exponent in (3, 3.5, 4, 4.5, 5, 5.5, 6):
        arcs = round(10**exponent)
        states = max(arcs // 40, 10)
        src = (torch.arange(arcs) * (states - 1)) // arcs
        jump = 1 + torch.randint(0, 50, (arcs,), generator=torch.Generator().manual_seed(0))
        dst = (src + jump).clamp(max=states - 1)
        weight = torch.randn(arcs, generator=torch.Generator().manual_seed(1))
        g = gtn.Graph.from_arcs(src, dst, src * 0, weight=weight, num_states=states, final=states - 1).to(
            device
        )
        timed = measure({"v": lambda g=g: viterbi(g), "f": lambda g=g: forward(g)}, runs, device)
        rows.append((arcs, timed["v"][2], timed["f"][2]))
    return rows


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--runs", type=int, default=30)
    options.add_argument("--peers", type=Path, help="site-packages of an environment with the peers")
    options.add_argument("--scaling", action="store_true", help="time against the number of arcs instead")
    options.add_argument("--device", default="cpu")
    options.add_argument("--plain", action="store_true", help="kernels in plain torch")
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    if args.peers:
        sys.path.append(str(args.peers))
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {load:.1f}"
    versions = f"Python {platform.python_version()}, torch {torch.__version__}"
    print(f"{machine}; {versions}; {args.threads} thread(s), {args.device}")
    with use_backend("torch") if args.plain else nullcontext():
        emit(table(args))


def table(args: argparse.Namespace) -> dict[str, Metric]:
    """Measure and print a table; return the metrics of gtn."""
    metrics: dict[str, Metric] = {}
    if args.scaling:
        print("| arcs | Viterbi, ms | forward + gradient, ms |\n|---|---|---|")
        rows = scaling(args.device, args.runs)
        for arcs, first, second in rows:
            print(f"| {arcs:,} | {first:.3f} | {second:.3f} |")
            metrics[f"arcs_{arcs}"] = value(first, "ms")
        return metrics
    peers, missing = available() if args.device == "cpu" and not args.plain else ([], [])
    for line in missing:
        print(f"left out: {line}")
    print("| case | library | median, ms | least, ms | processor, ms | of gtn |\n|---|---|---|---|---|---|")
    for case, functions in cases(peers, args.device).items():
        timed = measure(functions, args.runs, args.device)
        for name, (median, least, cpu) in timed.items():
            ratio = cpu / timed["gtn"][2]
            print(f"| {case} | {name} | {median:.2f} | {least:.2f} | {cpu:.2f} | {ratio:.1f} |", flush=True)
        median, least, _ = timed["gtn"]
        metrics[case] = {"median": round(median, 2), "least": round(least, 2), "unit": "ms"}
    print(f"largest error of a float32 gradient, 80,000 arcs: {gradient_error(args.device):.1e}")
    return metrics


if __name__ == "__main__":
    main()
