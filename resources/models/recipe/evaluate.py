"""Measures a model: EM and F1 of greedy answers by source, needles by length, depth and plan, questions buried far away.

    python3 evaluate.py MODEL.gguf|FOLDER DATA OUT [--quick|--needles]
DATA: natural.jsonl (its validation part), own.jsonl (questions written for this test), books.txt, tokenizer.model.
"""
import json
import lzma
import os
import random
import re
import string
import sys
import time
from collections import Counter, defaultdict

import numpy as np
import sentencepiece
import torch
import torch.nn.functional as F

import facts
from model import CUDA, DEVICE, Shape, hidden, step

BOS, PAD, USER, ASSISTANT, DOCUMENT, END = 1, 3, 4, 5, 6, 7
SILENT = 'The document does not say.'
TOKENS = 131072 if CUDA else 4096
NEW = 28


def normal(text):
    """SQuAD's normalisation."""
    text = ''.join(c for c in text.lower() if c not in set(string.punctuation))
    return ' '.join(re.sub(r'\b(a|an|the)\b', ' ', text).split())


def f1(guess, gold):
    a, b = normal(guess).split(), normal(gold).split()
    same = sum((Counter(a) & Counter(b)).values())
    if not a or not b:
        return float(a == b)
    return 2 * same / (len(a) + len(b))


class Reader:
    """Greedy answers with the chat format."""

    def __init__(self, s, p, tokenizer):
        self.s, self.p = s, {k: v.to(DEVICE).detach().requires_grad_(CUDA) for k, v in p.items()}
        self.sp = sentencepiece.SentencePieceProcessor(model_file=tokenizer)

    def prompt(self, document, question, limit=None):
        q = [USER] + self.sp.encode(question) + [ASSISTANT]
        d = document if isinstance(document, list) else self.sp.encode(document)
        return [BOS, DOCUMENT] + (d[:limit - len(q) - 2] if limit else d) + q

    def answers(self, prompts, plan='hybrid'):
        """Answers to the prompts, grouped by length."""
        out = [''] * len(prompts)
        shapes = (2048, 4096, 8192, 16384, 32768) if CUDA else (512, 1024, 2048, 4096)
        groups = defaultdict(list)
        for i, p in enumerate(prompts):
            fit = [x for x in shapes if len(p) + NEW <= x]
            if fit:
                groups[fit[0]].append(i)
        for length, ids in groups.items():
            size = max(1, TOKENS // length)
            for k in range(0, len(ids), size):
                part = ids[k:k + size]
                for i, text in zip(part, self.batch([prompts[i] for i in part], length, size if CUDA else len(part), plan)):
                    out[i] = text
        return out

    def batch(self, prompts, length, size, plan):
        rows = prompts + [prompts[-1]] * (size - len(prompts))
        x = torch.full((size, length), PAD, dtype=torch.long)
        for i, p in enumerate(rows):
            x[i, :len(p)] = torch.tensor(p)
        x, at = x.to(DEVICE), torch.tensor([len(p) for p in rows], device=DEVICE)
        cache = []
        h = hidden(self.s, self.p, x, plan, cache).detach()
        with torch.no_grad():
            last = h[torch.arange(size, device=DEVICE), at - 1]
            del h
            token = F.linear(last, self.p['embedding'].to(last.dtype)).float().argmax(-1)
            made, live = [[] for _ in prompts], [True] * len(prompts)
            for _ in range(NEW - 1):
                for i, t in enumerate(token.tolist()[:len(prompts)]):
                    if live[i]:
                        live[i] = t not in (END, BOS, USER, PAD, DOCUMENT)
                        made[i] += [t] if live[i] else []
                if not any(live):
                    break
                token = step(self.s, self.p, token, at, cache, plan).argmax(-1)
                at = at + 1
        return [self.sp.decode(m).strip() for m in made]


def read(folder, name):
    path = os.path.join(folder, name)
    if os.path.exists(path):
        return open(path, encoding='utf-8', errors='ignore').read()
    return lzma.open(path + '.xz', 'rb').read().decode('utf-8', errors='ignore') if os.path.exists(path + '.xz') else ''


def questions(folder):
    """(source, context, question, list of right answers) of what was kept aside."""
    out = []
    for name in ('natural.jsonl', 'own.jsonl'):
        for line in read(folder, name).splitlines():
            g = json.loads(line)
            if g.get('validation', True):
                out += [(g['source'], g['context'], q, a if isinstance(a, list) else [a]) for q, a in g['pairs']]
    return out


def score(guesses, items):
    """{source: (count, EM, F1)}, and the rate at which unanswerable questions are recognised and answerable ones refused."""
    table, silent = defaultdict(list), defaultdict(list)
    for guess, (source, _, _, golds) in zip(guesses, items):
        em = max(float(normal(guess) == normal(g)) for g in golds)
        table[source].append((em, max(f1(guess, g) for g in golds)))
        silent[golds[0] == SILENT].append(normal(guess) == normal(SILENT))
    out = {k: (len(v), 100 * np.mean([x[0] for x in v]), 100 * np.mean([x[1] for x in v])) for k, v in sorted(table.items())}
    return out, {('unanswerable recognised' if k else 'answerable refused'): (len(v), 100 * float(np.mean(v))) for k, v in silent.items()}


def show(title, table):
    print(title, '  '.join(f'{k}: n={v[0]} EM {v[1]:.1f} F1 {v[2]:.1f}' for k, v in table.items()), flush=True)


def haystack(reader, books, r, length):
    b = r.choice(books)
    start = r.randrange(max(1, len(b) - length * 6))
    return reader.sp.encode(b[start:start + length * 6])


def needles(reader, books, lengths, plans, trials, several=0):
    """Share of needles found: {(length, plan): (mean, by depth)}; with `several`, that many needles in each text."""
    out = {}
    for length in lengths:
        r = random.Random(length + several)
        prompts, golds = [], []
        for depth in range(10):
            for _ in range(trials):
                used = set()
                made = [facts.fact(r, used) for _ in range(max(1, several))]
                text = haystack(reader, books, r, length)
                marks = [reader.sp.encode(' ' + m[0] + ' ') for m in made]
                question = reader.sp.encode(made[0][1])
                room = length - sum(map(len, marks)) - len(question) - 4 - NEW
                text = text[:room]
                places = [int(len(text) * (depth + .5) / 10)] + [r.randrange(len(text)) for _ in marks[1:]]
                for place, mark in sorted(zip(places, marks), key=lambda x: -x[0]):
                    text[place:place] = mark
                prompts.append([BOS, DOCUMENT] + text + [USER] + question + [ASSISTANT])
                golds.append(made[0][2])
        for plan in plans:
            ok = [normal(a) == normal(g) for a, g in zip(reader.answers(prompts, plan), golds)]
            by = [float(np.mean(ok[d * trials:(d + 1) * trials])) for d in range(10)]
            out[length, plan] = float(np.mean(ok)), by
            print(f'needle{several or ""} {length} {plan} {np.mean(ok):.3f}', [round(x, 2) for x in by], flush=True)
    return out


def buried(reader, books, items, lengths, plan='hybrid'):
    for length in lengths:
        r = random.Random(length)
        prompts = []
        for _, context, question, _ in items:
            mark, q = reader.sp.encode('\n\n' + context + '\n\n'), reader.sp.encode(question)
            text = haystack(reader, books, r, length)[:length - len(mark) - len(q) - 4 - NEW]
            place = r.randrange(len(text))
            prompts.append([BOS, DOCUMENT] + text[:place] + mark + text[place:] + [USER] + q + [ASSISTANT])
        table, silent = score(reader.answers(prompts, plan), [('all',) + x[1:] for x in items])
        show(f'buried in {length} {plan}', table)


def needle_tables(reader, books, trials):
    """The tables on invented facts, each as a call."""
    lengths = (1024, 2048, 4096, 8192, 16384, 32768) if CUDA else (1024,)
    tables = [lambda p=p: needles(reader, books, lengths if p == 'hybrid' else lengths[2:], (p,), trials) for p in ('hybrid', 'full', 'window')]
    return tables + [lambda p=p: needles(reader, books, lengths[2:], (p,), trials, several=10) for p in ('hybrid', 'full', 'window')]


def long_books(data):
    return [b for b in read(data, 'books.txt').split('\x00') if len(b) > 100000]


def report(s, p, data, out, quick=False):
    """All tables; `quick` leaves out what would begin after the first 45 seconds."""
    t0 = time.time()
    reader = Reader(s, p, data + '/tokenizer.model')
    items = questions(data)
    guesses = reader.answers([reader.prompt(c, q) for _, c, q, _ in items])
    table, silent = score(guesses, items)
    show('answers hybrid', table)
    print(silent, f'{time.time() - t0:.0f} s', flush=True)
    with open(f'{out}/answers.hybrid.jsonl', 'w') as f:
        for g, (source, c, q, a) in zip(guesses, items):
            f.write(json.dumps({'source': source, 'question': q, 'gold': a, 'answer': g, 'context': c[:60]}) + '\n')
    books = long_books(data)
    near = ('own', 'nq_open_oracle', 'p3_adversarial_qa', 'p3_quoref', 'timeqa', 'qamr')
    natural = sorted((x for x in items if x[0] in near), key=lambda x: near.index(x[0]))[:200]
    parts = needle_tables(reader, books, 2 if quick else 4)
    if CUDA:
        parts = [lambda: show('same questions alone', score(reader.answers([reader.prompt(c, q) for _, c, q, _ in natural]), [('all',) + x[1:] for x in natural])[0]),
                 lambda: buried(reader, books, natural, (16384, 32768))] + parts
    for part in parts if books else []:
        if quick and time.time() - t0 > 45:
            break
        part()
        print(f'{time.time() - t0:.0f} s', flush=True)


if __name__ == '__main__':
    import checkpoint
    shape = Shape()
    parameters = checkpoint.from_gguf(sys.argv[1], shape) if sys.argv[1].endswith('.gguf') else checkpoint.unpack(sys.argv[1])
    os.makedirs(sys.argv[3], exist_ok=True)
    if CUDA:
        torch._dynamo.config.cache_size_limit = 128          # one version of a block for each length and plan
    if '--needles' in sys.argv:
        for table in needle_tables(Reader(shape, parameters, sys.argv[2] + '/tokenizer.model'), long_books(sys.argv[2]), 4):
            table()
    else:
        report(shape, parameters, sys.argv[2], sys.argv[3], '--quick' in sys.argv)
