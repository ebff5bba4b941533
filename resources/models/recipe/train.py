"""Trains the reading model.

    python3 train.py TOKENS OUT --start FILE.gguf|FOLDER|new --reading SECONDS --reach SECONDS [--data DATA] [--tiny]
Stage 'reading': 2,048-token rows: passages with questions, people's questions, prose.
Stage 'reach': the hybrid plan while the length grows to 32K, facts and passages hidden far away; its last part runs
with the weights rounded as in the shipped file. Stage 'finish': mostly questions, hardly any weight on plain text,
rounded weights. Then evaluate.py's tables, when --data is given. All stages use the hybrid plan.
"""
import argparse
import os
import random
import threading
import time

import torch
import torch.nn.functional as F

import checkpoint
import model
from data import Prose, Rows, batches
from model import CUDA, DEVICE, TINY, Shape, fresh, hidden
from quantise import F32, rounded

NS = ((4.0848, -6.8946, 2.9270), (3.9505, -6.3029, 2.6377), (3.7418, -5.5913, 2.3037), (2.8769, -3.1427, 1.2046), (2.8366, -3.0525, 1.2012))
# rows of 64 in a short batch, at the beginning and at the end of the reading stage
MIX = {'articles': (35, 33), 'natural': (7, 15), 'rules': (3, 2), 'facts': (2, 2), 'prose': (3, 2), 'text': (14, 10)}
FINISH = {'articles': (31, 31), 'natural': (22, 22), 'rules': (2, 2), 'facts': (4, 4), 'prose': (3, 3), 'text': (2, 2)}
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
        self.turn = torch.compile(orthogonal) if CUDA else orthogonal

    @torch.no_grad()
    def step(self, scale):
        lr = self.peak * scale
        for shape, ks in self.groups.items():
            g = torch.stack([self.p[k].grad for k in ks])
            self.m[shape].lerp_(g, .05)
            u = self.turn(g.lerp(self.m[shape], .95))
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


def saver(p, folder):
    """Packs a snapshot in the background."""
    snapshot = {k: v.detach().bfloat16().cpu() for k, v in p.items()}

    def work():
        tmp = folder + '.new'
        os.makedirs(tmp, exist_ok=True)
        checkpoint.pack(snapshot, tmp)
        os.makedirs(folder, exist_ok=True)
        for name in os.listdir(tmp):
            os.replace(f'{tmp}/{name}', f'{folder}/{name}')
        print('packed', folder, flush=True)
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


def run(trainer, args, name, seconds, opt, make, plan, schedule, quantised_from=2.0):
    """Trains for `seconds`; schedule(share) gives the learning-rate factor."""
    stop, t0, n, state = threading.Event(), time.time(), 0, {'share': 0.0}
    trainer.tokens, mean, saved = 0, 0.0, time.time()
    for batch in batches(lambda: make(state['share']), stop):
        share = state['share'] = (time.time() - t0) / seconds
        if share >= 1 or (args.steps and n >= args.steps):
            break
        loss, answers = trainer.backward(batch, plan, share >= quantised_from)
        opt.step(schedule(share) * min(1, (n + 1) / 40))
        n += 1
        if n % 50 == 0 or not CUDA:
            print(f'{name} step {n} share {share:.3f} length {batch[0].shape[1] - 1} loss {loss.item():.3f} answers {answers.item():.3f} '
                  f'{trainer.tokens / 1e6:.0f}M tokens {trainer.tokens / (time.time() - t0):.0f}/s', flush=True)
        if time.time() - saved > 240:
            saved = time.time()
            saver(trainer.p, args.out + '/checkpoint')
    stop.set()
    print(f'{name} done: {n} steps, {trainer.tokens / 1e6:.0f}M tokens, {time.time() - t0:.0f} s', flush=True)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('tokens'), a.add_argument('out'), a.add_argument('--start', default='new'), a.add_argument('--data')
    a.add_argument('--reading', type=float, default=0), a.add_argument('--reach', type=float, default=0), a.add_argument('--finish', type=float, default=0)
    a.add_argument('--steps', type=int, default=0), a.add_argument('--tiny', action='store_true'), a.add_argument('--batch', type=int, default=131072)
    args = a.parse_args()
    torch.manual_seed(0)
    torch.set_float32_matmul_precision('high')
    if CUDA:
        torch._dynamo.config.cache_size_limit = 128
    os.makedirs(args.out, exist_ok=True)
    s = TINY if args.tiny else Shape()
    p = fresh(s) if args.start == 'new' else checkpoint.from_gguf(args.start, s) if args.start.endswith('.gguf') else checkpoint.unpack(args.start)
    trainer, r = Trainer(s, p), random.Random(3)
    lengths = (4096, 8192, 16384, 32768) if not args.tiny else (4096,)
    t0 = time.time()
    for length in ((2048,) + lengths if CUDA else ()):
        ids = torch.randint(8, s.vocabulary, (args.batch // length, length + 1))
        trainer.backward((ids, torch.full(ids.shape, .5)), 'hybrid')
        torch.cuda.synchronize()
        print(f'compiled {length} after {time.time() - t0:.0f} s', flush=True)
    for v in trainer.p.values():
        v.grad = None
    while not os.path.exists(args.tokens + '/short.ready'):
        time.sleep(.5)
    short = 2048
    rows = {n: Rows(args.tokens, n, short, i) for i, n in enumerate(('articles', 'natural', 'rules', 'facts', 'prose'))}
    rows['text'] = Prose(args.tokens, short, 9)
    count = args.batch // short
    if args.reading:
        trainer.text = .6
        opt = Optimizer(trainer.p, .012, 1.5e-3)
        run(trainer, args, 'reading', args.reading, opt, lambda x: short_batch(rows, r, min(1, x), count), 'hybrid',
            lambda x: 1 if x < .5 else 1 - .8 * (x - .5) / .5)
        saver(trainer.p, args.out + '/reading')
    if args.reach:
        trainer.text = .5
        opt = Optimizer(trainer.p, .006, 8e-4)
        far = {n: Rows(args.tokens, f'long{n}', n, n) for n in lengths}

        def make(x):
            if r.random() < .4:
                return short_batch(rows, r, 1.6, count)
            steps = [.25, .2, .25, .3] if x > .3 else [.55, .25, .15, .05]
            n = r.choices(lengths, steps[:len(lengths)])[0]
            return [far[n].get() for _ in range(max(1, args.batch // n))]
        run(trainer, args, 'reach', args.reach, opt, make, 'hybrid', lambda x: max(.02, 1 - x), quantised_from=.6)
    if args.finish:
        trainer.text = .1
        opt = Optimizer(trainer.p, .004, 5e-4)
        far = {n: Rows(args.tokens, f'long{n}', n, n + 1) for n in lengths}

        def finish(x):
            if r.random() < .65:
                return short_batch(rows, r, 1.0, count, FINISH)
            n = r.choice(lengths)
            return [far[n].get() for _ in range(max(1, args.batch // n))]
        run(trainer, args, 'finish', args.finish, opt, finish, 'hybrid', lambda x: max(.02, 1 - x), quantised_from=0.)
    saver(trainer.p, args.out + '/checkpoint').join()
    if args.data:
        import evaluate
        evaluate.report(s, trainer.rounded(), args.data, args.out)


if __name__ == '__main__':
    main()
