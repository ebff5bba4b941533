"""Trains the reading model.

    python3 train.py TOKENS OUT --start FILE.gguf|FOLDER|new --reading SECONDS --reach SECONDS --finish SECONDS [--data DATA]
Stage 'reading': 2,048-token rows: passages with questions, people's questions, prose.
Stage 'reach': the length grows to 32K, facts and passages hidden far away; its last part runs with the weights rounded
as in the shipped file. Stage 'finish': mostly questions, hardly any weight on plain text, rounded weights.
Then evaluate.py's short tables, when --data is given. All stages use the hybrid plan. OUT/checkpoint is replaced every
--save seconds; a run that was cut off goes on with --start OUT/checkpoint --done $(cat OUT/checkpoint/passed.json).
"""
import argparse
import json
import os
import random
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F

import checkpoint
from data import Prose, Rows, batches
from model import CUDA, DEVICE, TINY, Shape, fresh, hidden
from quantise import F32, rounded

NS = ((4.0848, -6.8946, 2.9270), (3.9505, -6.3029, 2.6377), (3.7418, -5.5913, 2.3037), (2.8769, -3.1427, 1.2046), (2.8366, -3.0525, 1.2012))
# rows of 64 in a short batch, at the beginning and at the end of the reading stage
MIX = {'articles': (36, 32), 'natural': (10, 15), 'rules': (2, 2), 'facts': (3, 3), 'prose': (4, 4), 'text': (9, 8)}
FINISH = {'articles': (32, 32), 'natural': (21, 21), 'rules': (2, 2), 'facts': (4, 4), 'prose': (3, 3), 'text': (2, 2)}
EARLY, LATE = {4096: .35, 8192: .25, 16384: .25, 32768: .15}, {4096: .2, 8192: .2, 16384: .3, 32768: .3}   # shares of long documents
KEPT = .45            # share of positions that go through the output layer: all questions and answers, a sample of the text


def orthogonal(x):
    """Newton-Schulz iteration of Muon on a stack of matrices."""
    x = x.bfloat16() if CUDA else x
    turned = x.shape[-2] > x.shape[-1]
    x = x.mT if turned else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for a, b, c in NS:
        g = x @ x.mT
        x = a * x + (b * g + c * (g @ g)) @ x
    return (x.mT if turned else x).float()


_turn = torch.compile(orthogonal) if CUDA else orthogonal


class Optimizer:
    """Muon for the matrices, Adam for embedding and norms."""

    def __init__(self, p, muon, adam):
        self.peak = muon
        self.groups = {}
        for k, v in p.items():
            if v.dim() == 2 and k != 'embedding':
                self.groups.setdefault(tuple(v.shape), []).append(k)
        self.p = p
        self.m = {g: torch.zeros(len(ks), *g, device=DEVICE) for g, ks in self.groups.items()}
        self.rest = [k for k, v in p.items() if v.dim() == 1 or k == 'embedding']
        self.adam = torch.optim.AdamW([p[k] for k in self.rest], lr=adam, betas=(.9, .95), weight_decay=0.)
        self.adam_peak = adam

    @torch.no_grad()
    def step(self, scale):
        lr = self.peak * scale
        for shape, ks in self.groups.items():
            g = torch.stack([self.p[k].grad for k in ks])
            self.m[shape].lerp_(g, .05)
            u = _turn(g.lerp(self.m[shape], .95))
            size = max(1, shape[0] / shape[1]) ** .5
            for i, k in enumerate(ks):
                self.p[k].mul_(1 - lr * .02).add_(u[i], alpha=-lr * size)
        for group in self.adam.param_groups:
            group['lr'] = self.adam_peak * scale
        self.adam.step()
        for v in self.p.values():
            v.grad = None


def output_loss(h, e, y, w):
    logits = F.linear(h, e.to(h.dtype)).float()
    norm = torch.logsumexp(logits, -1)
    ce = norm - logits.gather(1, y[:, None])[:, 0]
    answer = (w >= .99).float()
    return ((ce + 1e-4 * norm * norm) * w).sum() / w.sum(), (ce * answer).detach().sum() / answer.sum().clamp(min=1)


_loss = torch.compile(output_loss, dynamic=False) if CUDA else output_loss


def choose(w):
    """Indices of the positions to score and their weights: all of the questions, a sample of the text, unbiased."""
    turn = w >= .06
    turn = turn & ((w < .15) | (w > .9))
    key = torch.rand_like(w) + 2 * turn.float() - 4 * (w == 0).float()
    index = key.topk(int(len(w) * KEPT)).indices
    kept = w[index]
    text = ~turn[index]
    scale = (w * ~turn).sum() / (kept * text).sum().clamp(min=1e-6)
    return index, torch.where(text, kept * scale.clamp(max=20), kept)


class Trainer:
    def __init__(self, s, p):
        self.s = s
        self.p = {k: v.to(DEVICE).requires_grad_() for k, v in p.items()}
        self.tokens = 0
        self.text = 1.0           # factor on the weight of plain text

    def rounded(self):
        """Leaves with the values of the shipped types; gradients are handed to the parameters by `backward`."""
        out, groups = dict(self.p), {}
        for k, v in self.p.items():
            kind = checkpoint.kind_of(self.s, k)
            if kind != F32:
                groups.setdefault((tuple(v.shape), kind), []).append(k)
        with torch.no_grad():
            for (_, kind), ks in groups.items():
                for k, v in zip(ks, rounded(torch, torch.stack([self.p[k] for k in ks]), kind).unbind(0)):
                    out[k] = v.clone().requires_grad_()
        return out

    def backward(self, batch, plan, quantised=False):
        ids, w = (x.to(DEVICE, non_blocking=True) for x in batch)
        p = self.rounded() if quantised else self.p
        if self.text != 1.0:
            turn = (w >= .06) & ((w < .15) | (w > .9))
            w = torch.where(turn, w, w * self.text)
        h = hidden(self.s, p, ids[:, :-1], plan).flatten(0, 1)
        index, weight = choose(w[:, 1:].flatten())
        loss, answers = _loss(h[index], p['embedding'], ids[:, 1:].flatten()[index], weight)
        loss.backward()
        if quantised:
            for k, v in p.items():
                if v is not self.p[k]:
                    self.p[k].grad = v.grad
        self.tokens += ids[:, 1:].numel()
        return loss, answers


def saver(p, folder, passed=0.0):
    """Packs a snapshot in the background; `passed` is the place in the plan."""
    snapshot = {k: v.detach().bfloat16().cpu() for k, v in p.items()}

    def work():
        tmp = folder + '.new'
        os.makedirs(tmp, exist_ok=True)
        checkpoint.pack(snapshot, tmp)
        with open(tmp + '/passed.json', 'w') as f:
            json.dump(passed, f)
        old = folder + '.old'
        shutil.rmtree(old, ignore_errors=True)
        if os.path.exists(folder):
            os.replace(folder, old)
        os.replace(tmp, folder)
        shutil.rmtree(old, ignore_errors=True)
        print(f'packed {folder} at {passed:.0f} s of the plan', flush=True)
    t = threading.Thread(target=work)
    t.start()
    return t


def short_batch(rows, r, share, count, mix=MIX):
    """Rows for a 2,048-token batch; `share` runs from 0 to 1 over the stage."""
    out = []
    for name, (a, b) in mix.items():
        n = (a + (b - a) * share) * count / 64
        out += [rows[name].get() for _ in range(int(n) + (r.random() < n % 1))]
    return (out + [rows['articles'].get() for _ in range(count)])[:count]


@dataclass
class Stage:
    """Share of short batches, weight factor of plain text, learning rate by share of the stage, rounded weights from a share on."""
    name: str
    short: float
    text: float
    mix: dict
    rate: Callable
    rounded_from: float


STAGES = (Stage('reading', 1.0, .6, MIX, lambda x: .85 if x < .6 else .85 - .3 * (x - .6) / .4, 2.0),
          Stage('reach', .45, .5, MIX, lambda x: .5 - .28 * x, .7),
          Stage('finish', .5, .1, FINISH, lambda x: max(.01, .25 * (1 - x)), 0.0))


class Clock:
    """Where the run stands: stage and share of it, from the seconds of the plan that have passed."""

    def __init__(self, seconds, done, total):
        plan = sum(seconds)
        self.seconds, self.done, self.t0 = seconds, done, time.time()
        self.speed = (plan - done) / max(1.0, total if total else plan - done)   # seconds of the plan per second

    def end_at(self, until):
        """Stretches what is left to end at this time."""
        done = self.passed()
        self.done, self.t0 = done, time.time()
        self.speed = (sum(self.seconds) - done) / max(1.0, until - self.t0)

    def passed(self):
        return self.done + (time.time() - self.t0) * self.speed

    def left(self):
        return (sum(self.seconds) - self.passed()) / self.speed

    def stage(self):
        """(index, share), or None at the end."""
        t = self.passed()
        for i, s in enumerate(self.seconds):
            if t < s:
                return i, t / s
            t -= s
        return None


class Batches:
    """Makes the rows of the next batch for the stage that the clock shows."""

    def __init__(self, args, lengths):
        self.r, self.batch, self.lengths, self.short = random.Random(3 + int(args.done)), args.batch, lengths, 512 if args.tiny else 2048
        self.rows = {n: Rows(args.tokens, n, self.short, i + int(args.done)) for i, n in enumerate(('articles', 'natural', 'rules', 'facts', 'prose'))}
        self.rows['text'] = Prose(args.tokens, self.short, 9 + int(args.done))
        self.folder = args.tokens
        self.far = {n: Rows(args.tokens, f'long{n}', n, n) for n in lengths}

    def make(self, clock):
        at = clock.stage() or (len(STAGES) - 1, 1.0)
        stage = STAGES[at[0]]
        ready = [n for n in self.lengths if os.path.exists(f'{self.folder}/long{n}.0.off.npy')]
        if self.r.random() < stage.short or not ready:
            return short_batch(self.rows, self.r, min(1, at[1] if at[0] == 0 else 1), self.batch // self.short, stage.mix)
        early = at[0] == 1 and at[1] < .3
        n = self.r.choices(ready, [EARLY[k] if early else LATE[k] for k in ready])[0]
        return [self.far[n].get() for _ in range(max(1, self.batch // n))]


def run(trainer, args, clock, source):
    """Trains until the clock has gone through all stages; saves every `--save` seconds with the place reached."""
    stop, n, saved, opt, thread = threading.Event(), 0, time.time(), Optimizer(trainer.p, .012, 1.5e-3), None
    before, until = None, None
    for batch in batches(lambda: source.make(clock), stop):
        at = clock.stage()
        if not at or (args.steps and n >= args.steps):
            break
        stage, share = STAGES[at[0]], at[1]
        if before not in (None, at[0]):
            thread = save(trainer, args, clock, thread)
        before, trainer.text = at[0], stage.text
        loss, answers = trainer.backward(batch, 'hybrid', share >= stage.rounded_from)
        opt.step(stage.rate(share) * min(1, (n + 1) / 40))
        n += 1
        if n % 50 == 0 or not CUDA:
            print(f'{stage.name} step {n} share {share:.3f} length {batch[0].shape[1] - 1} loss {loss.item():.3f} answers {answers.item():.3f} '
                  f'{trainer.tokens / 1e6:.0f}M tokens {trainer.tokens / (time.time() - clock.t0):.0f}/s left {clock.left():.0f} s', flush=True)
        if n % 20 == 0:
            until = new_end(args.out, until, clock)
        if time.time() - saved > args.save:
            saved, thread = time.time(), save(trainer, args, clock, thread)
    stop.set()
    print(f'done: {n} steps, {trainer.tokens / 1e6:.0f}M tokens, {time.time() - clock.t0:.0f} s', flush=True)
    return thread


def new_end(folder, known, clock):
    """A time written to the file `until` while training runs moves the end."""
    path = folder + '/until'
    text = open(path).read().strip() if os.path.exists(path) else ''
    if text != (known or '') and text.isdigit():
        clock.end_at(float(text))
        print(f'the end was moved: {clock.left():.0f} s left', flush=True)
    return text


def save(trainer, args, clock, thread):
    """Packs a checkpoint in the background once the one before is written."""
    if thread:
        thread.join()
    return saver(trainer.p, args.out + '/checkpoint', clock.passed())


def warm_up(trainer, batch, lengths):
    """Compiles every shape before the clock starts."""
    t0 = time.time()
    for length in lengths:
        ids = torch.randint(8, trainer.s.vocabulary, (batch // length, length + 1))
        trainer.backward((ids, torch.full(ids.shape, .5)), 'hybrid')
        torch.cuda.synchronize()
        print(f'compiled {length} after {time.time() - t0:.0f} s, {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB', flush=True)
    Optimizer(trainer.p, 0, 0).step(0)
    print(f'compiled all after {time.time() - t0:.0f} s', flush=True)


def await_file(path):
    while not os.path.exists(path):
        time.sleep(.2)


def start(args, s):
    if args.start == 'new':
        return fresh(s)
    if args.start.endswith('.gguf'):
        return checkpoint.from_gguf(args.start, s)
    return checkpoint.unpack(args.start)


def arguments():
    a = argparse.ArgumentParser()
    a.add_argument('tokens'), a.add_argument('out'), a.add_argument('--start', default='new'), a.add_argument('--data')
    for name in ('reading', 'reach', 'finish'):
        a.add_argument('--' + name, type=float, default=0, help='seconds')
    a.add_argument('--until', type=float, default=0, help='time (seconds since 1970) at which training ends, stages stretched to fit; OUT/until moves it')
    a.add_argument('--done', type=float, default=0, help='seconds of the stages that an earlier run has done')
    a.add_argument('--save', type=float, default=100, help='seconds between checkpoints')
    a.add_argument('--steps', type=int, default=0), a.add_argument('--tiny', action='store_true'), a.add_argument('--batch', type=int, default=131072)
    return a.parse_args()


def main():
    args = arguments()
    torch.manual_seed(0)
    torch.set_float32_matmul_precision('high')
    os.makedirs(args.out, exist_ok=True)
    s = TINY if args.tiny else Shape()
    lengths = (4096, 8192, 16384, 32768) if not args.tiny else ()
    if CUDA:
        torch._dynamo.config.cache_size_limit = 128
        warm_up(Trainer(s, fresh(s)), args.batch, (2048,) + lengths)      # with new weights: the checkpoint may still be on its way
    if os.path.isdir(args.start) or not args.start.endswith(('new', '.gguf')):
        await_file(args.start + '/head.json')
    trainer = Trainer(s, start(args, s))
    await_file(args.tokens + '/short.ready')
    source = Batches(args, lengths)
    clock = Clock((args.reading, args.reach, args.finish), args.done, args.until and args.until - time.time())
    print(f'training for {clock.left():.0f} s', flush=True)
    thread = save(trainer, args, clock, run(trainer, args, clock, source))
    thread.join()
    open(args.out + '/trained', 'w').close()
    if args.data:
        import evaluate
        evaluate.report(s, trainer.rounded(), args.data, args.out, quick=True)


if __name__ == '__main__':
    main()
