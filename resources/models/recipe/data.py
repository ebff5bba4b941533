"""Batches out of prepare.py's shards: whole sequences packed into rows; shards are picked up as they appear."""
import os
import queue
import random
import threading
import time

import numpy as np
import torch

PAD = 3


class Rows:
    """Rows of length+1 ids and weights from NAME.0, NAME.1, ... in turn; goes round again after the last shard."""

    def __init__(self, folder, name, length, seed):
        self.folder, self.name, self.length = folder, name, length
        self.r = random.Random(seed)
        self.shard, self.rounds, self.rows = -1, 0, []

    def path(self, shard, what):
        return f'{self.folder}/{self.name}.{shard}.{what}.npy'

    def load(self):
        nxt = self.shard + 1
        if not os.path.exists(self.path(nxt, 'off')):
            nxt, self.rounds = 0, self.rounds + 1
        while not os.path.exists(self.path(nxt, 'off')):
            time.sleep(1)
        self.shard = nxt
        self.off, self.ids, self.w = (np.load(self.path(nxt, x)) for x in ('off', 'ids', 'w'))
        order = [i for i in range(len(self.off) - 1) if self.off[i + 1] - self.off[i] <= self.length + 1]
        self.r.shuffle(order)
        self.rows, row, used, waiting = [], [], 0, []
        for i in order:
            n = self.off[i + 1] - self.off[i]
            if used + n > self.length + 1:
                fit = next((k for k, (j, m) in enumerate(waiting) if used + m <= self.length + 1), None)
                if fit is not None:
                    j, m = waiting.pop(fit)
                    row.append(j)
                    used += m
                waiting.append((i, n))
                if len(waiting) > 12:
                    self.rows.append(row)
                    row, used = [], 0
                    for j, m in list(waiting):
                        if used + m <= self.length + 1:
                            waiting.remove((j, m))
                            row.append(j)
                            used += m
                continue
            row.append(i)
            used += n
        self.rows.append(row)
        self.rows = [x for x in self.rows + [[j] for j, _ in waiting] if x]
        self.r.shuffle(self.rows)

    def get(self):
        if not self.rows:
            self.load()
        ids, w, n = np.full(self.length + 1, PAD, np.int64), np.zeros(self.length + 1, np.float32), 0
        for i in self.rows.pop():
            a, b = self.off[i], self.off[i + 1]
            ids[n:n + b - a], w[n:n + b - a] = self.ids[a:b], self.w[a:b] / 100.0
            n += b - a
        return ids, w


class Prose:
    """Rows of plain text."""

    def __init__(self, folder, length, seed, weight=.5):
        while not os.path.exists(folder + '/prose.npy'):
            time.sleep(1)
        self.ids, self.length, self.weight = np.load(folder + '/prose.npy', mmap_mode='r'), length, weight
        self.r = np.random.default_rng(seed)

    def get(self):
        i = int(self.r.integers(0, len(self.ids) - self.length - 1))
        return self.ids[i:i + self.length + 1].astype(np.int64), np.full(self.length + 1, self.weight, np.float32)


def batches(make, stop, depth=6):
    """Runs `make()` (list of rows) ahead in a thread; yields pinned tensors (ids, weights)."""
    q = queue.Queue(depth)

    def work():
        while not stop.is_set():
            try:
                rows = make()
            except Exception as e:              # handed to the reader, which would else wait for ever
                q.put(e)
                return
            t = [torch.from_numpy(np.stack([r[k] for r in rows])) for k in (0, 1)]
            if torch.cuda.is_available():
                t = [x.pin_memory() for x in t]
            while not stop.is_set():
                try:
                    q.put(t, timeout=1)
                    break
                except queue.Full:
                    pass
    threading.Thread(target=work, daemon=True).start()
    while True:
        t = q.get()
        if isinstance(t, Exception):
            raise t
        yield t
