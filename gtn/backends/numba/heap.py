"""Binary heaps: of search nodes by priority, and of states by rank."""

from __future__ import annotations

from gtn.backends.numba.jit import Ints, jit


@jit
def before(heap: Ints, i: int, j: int) -> bool:
    """Return True if entry i has priority over entry j: the better first, the newer of equals."""
    better: bool = heap[i, 0] < heap[j, 0] or (heap[i, 0] == heap[j, 0] and heap[i, 1] > heap[j, 1])
    return better


@jit
def swap(heap: Ints, i: int, j: int) -> None:
    """Swap two rows."""
    for c in range(4):
        heap[i, c], heap[j, c] = heap[j, c], heap[i, c]


@jit
def push(heap: Ints, num: int, depth: int, age: int, first: int, last: int) -> int:
    """Push an entry onto the heap, which has room; return the new length."""
    heap[num, 0] = depth
    heap[num, 1] = age
    heap[num, 2] = first
    heap[num, 3] = last
    i = num
    while i and before(heap, i, (i - 1) // 2):
        swap(heap, i, (i - 1) // 2)
        i = (i - 1) // 2
    return num + 1


@jit
def pop(heap: Ints, num: int) -> int:
    """Pop the first entry; return the new length."""
    num -= 1
    swap(heap, 0, num)
    i = 0
    while 2 * i + 1 < num:
        child = 2 * i + 1
        if child + 1 < num and before(heap, child + 1, child):
            child += 1
        if not before(heap, child, i):
            break
        swap(heap, child, i)
        i = child
    return num


@jit
def state_push(states: Ints, num: int, state: int, rank: Ints) -> int:
    """Push a state onto a heap ordered by the least rank; return the new length."""
    states[num] = state
    i = num
    while i:
        up = (i - 1) // 2
        s, t = states[i], states[up]
        if (rank[s] if rank.size else s) >= (rank[t] if rank.size else t):
            break
        states[i], states[up] = t, s
        i = up
    return num + 1


@jit
def state_pop(states: Ints, num: int, rank: Ints) -> int:
    """Pop the first state; return the new length."""
    num -= 1
    states[0] = states[num]
    i = 0
    while 2 * i + 1 < num:
        child = 2 * i + 1
        if child + 1 < num:
            s, t = states[child + 1], states[child]
            if (rank[s] if rank.size else s) < (rank[t] if rank.size else t):
                child += 1
        s, t = states[child], states[i]
        if (rank[s] if rank.size else s) >= (rank[t] if rank.size else t):
            break
        states[i], states[child] = s, t
        i = child
    return num
