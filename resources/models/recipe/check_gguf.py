"""An independent reading of a GGUF file: forward pass in the file's own layout (RoPE pairs), chunked attention, greedy answers.

    python3 check_gguf.py FILE.gguf DATA [--needles 1024,4096,16384] [--plans hybrid,full,window] [--questions N] [--texts N]
Shares no code with model.py; runs on a CPU. Needles: ten facts at ten depths of book text, all asked after it.
"""
import argparse
import json
import math
import random

import numpy as np
import sentencepiece
import torch
import torch.nn.functional as F

import facts
from evaluate import f1, normal, questions, read, score, show
from gguf_io import read_gguf

BOS, USER, ASSISTANT, DOCUMENT, END = 1, 4, 5, 6, 7
CHUNK = 1024


class Model:
    def __init__(self, path):
        self.meta, tensors, self.types = read_gguf(path)
        self.t = {k: torch.from_numpy(v) for k, v in tensors.items()}
        m = self.meta
        self.layers, self.heads = m['llama.block_count'], m['llama.attention.head_count']
        self.kv, self.head = m['llama.attention.head_count_kv'], m['llama.rope.dimension_count']
        self.theta, self.eps = m['llama.rope.freq_base'], m['llama.attention.layer_norm_rms_epsilon']
        plan = dict(x.split('=') for x in m['lectern.plan'].split(':')[1].split(','))
        a, b = plan['full'].split('-')
        self.full = set(range(int(a), int(b) + 1))
        self.sink, self.window = int(plan['sink']), int(plan['window'])

    def norm(self, x, name):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + self.eps) * self.t[name + '.weight']

    def rope(self, x, start):
        """x (n, heads, head): pairs (0,1), (2,3), ... are turned."""
        n = x.shape[0]
        inv = self.theta ** (-torch.arange(0, self.head, 2, dtype=torch.float64) / self.head)
        angle = (torch.arange(start, start + n, dtype=torch.float64)[:, None] * inv)[:, None]
        c, s = angle.cos().float(), angle.sin().float()
        even, odd = x[..., 0::2], x[..., 1::2]
        return torch.stack([even * c - odd * s, even * s + odd * c], -1).flatten(-2)

    def attention(self, q, k, v, start, windowed):
        """q (n, heads, head) at positions start.., k and v (total, kv, head)."""
        n, group = len(q), self.heads // self.kv
        out = torch.empty_like(q)
        for a in range(0, n, CHUNK):
            b = min(a + CHUNK, n)
            first, last = start + a, start + b
            keys = torch.arange(last)
            if windowed and first // 64 * 64 - self.window > self.sink:
                keys = torch.cat([keys[:self.sink], keys[first // 64 * 64 - self.window + 64:]])
            pos = torch.arange(first, last)[:, None]
            seen = keys[None] <= pos
            if windowed:
                seen &= (keys[None] < self.sink) | ((pos // 64 - keys[None] // 64) < self.window // 64)
            for h in range(self.kv):
                part = q[a:b, h * group:(h + 1) * group].transpose(0, 1)
                w = (part @ k[keys, h].T / math.sqrt(self.head)).masked_fill(~seen, -1e30).softmax(-1)
                out[a:b, h * group:(h + 1) * group] = (w @ v[keys, h]).transpose(0, 1)
        return out

    @torch.no_grad()
    def run(self, ids, plan='hybrid', cache=None):
        """Hidden states of ids, after what is in the cache (a list, filled on the first call)."""
        start = cache[0][0].shape[0] if cache else 0
        x = self.t['token_embd.weight'][torch.tensor(ids)]
        for n in range(self.layers):
            p = f'blk.{n}.'
            y = self.norm(x, p + 'attn_norm')
            q, k, v = ((y @ self.t[f'{p}attn_{c}.weight'].T).view(len(ids), -1, self.head) for c in 'qkv')
            q, k = self.rope(q, start), self.rope(k, start)
            if cache is not None:
                if start:
                    k, v = torch.cat([cache[n][0], k]), torch.cat([cache[n][1], v])
                    cache[n] = (k, v)
                else:
                    cache.append((k, v))
            a = self.attention(q, k, v, start, plan == 'window' or (plan == 'hybrid' and n not in self.full))
            x = x + a.flatten(1) @ self.t[p + 'attn_output.weight'].T
            y = self.norm(x, p + 'ffn_norm')
            x = x + (F.silu(y @ self.t[p + 'ffn_gate.weight'].T) * (y @ self.t[p + 'ffn_up.weight'].T)) @ self.t[p + 'ffn_down.weight'].T
        return self.norm(x, 'output_norm')

    def logits(self, h):
        return h @ self.t['token_embd.weight'].T

    def answer(self, ids, sp, plan='hybrid', limit=28, cache=None):
        """Greedy answer to a prompt; a given cache is left as it was."""
        mine = [tuple(x) for x in cache] if cache else []
        out, h = [], self.run(ids, plan, mine)[-1:]
        while len(out) < limit:
            t = int(self.logits(h).argmax())
            if t in (END, BOS, USER, DOCUMENT):
                break
            out.append(t)
            h = self.run([t], plan, mine)
        return sp.decode(out).strip()


def needle_text(sp, books, r, length):
    """(ids, [(question, answer)] by depth): ten facts in book text."""
    used = set()
    made = [facts.fact(r, used) for _ in range(10)]
    marks = [sp.encode(' ' + m[0] + ' ') for m in made]
    b = r.choice(books)
    start = r.randrange(max(1, len(b) - length * 6))
    text = sp.encode(b[start:start + length * 6])[:length - sum(map(len, marks)) - 64]
    for depth in range(9, -1, -1):
        place = int(len(text) * (depth + .5) / 10)
        text[place:place] = marks[depth]
    return [BOS, DOCUMENT] + text, [(m[1], m[2]) for m in made]


def main():
    a = argparse.ArgumentParser()
    a.add_argument('model'), a.add_argument('data'), a.add_argument('--needles', default=''), a.add_argument('--plans', default='hybrid')
    a.add_argument('--questions', type=int, default=0), a.add_argument('--texts', type=int, default=1), a.add_argument('--sources', default='')
    a.add_argument('--answers', default=''), a.add_argument('--threads', type=int, default=1)
    args = a.parse_args()
    torch.set_num_threads(args.threads)
    model = Model(args.model)
    sp = sentencepiece.SentencePieceProcessor(model_file=args.data + '/tokenizer.model')
    if args.questions:
        items = [x for x in questions(args.data) if not args.sources or x[0] in args.sources.split(',')]
        random.Random(5).shuffle(items)
        items = sorted(items[:args.questions], key=lambda x: x[1])
        guesses, last, cache = [], None, []
        for _, c, q, _ in items:
            if c != last:
                last, cache = c, []
                model.run([BOS, DOCUMENT] + sp.encode(c), 'hybrid', cache)
            guesses.append(model.answer([USER] + sp.encode(q) + [ASSISTANT], sp, 'hybrid', cache=cache))
        table, silent = score(guesses, items)
        show('answers', table)
        print(silent, flush=True)
        if args.answers:
            with open(args.answers, 'w') as f:
                for g, (s, c, q, gold) in zip(guesses, items):
                    f.write(json.dumps({'source': s, 'question': q, 'gold': gold, 'answer': g, 'f1': max(f1(g, x) for x in gold)}) + '\n')
    books = [b for b in read(args.data, 'books.txt').split('\x00') if len(b) > 100000] if args.needles else []
    for length in map(int, filter(None, args.needles.split(','))):
        for plan in args.plans.split(','):
            r, hits = random.Random(length), []
            for _ in range(args.texts):
                ids, pairs = needle_text(sp, books, r, length)
                cache = []
                model.run(ids, plan, cache)
                hits.append([normal(model.answer([USER] + sp.encode(q) + [ASSISTANT], sp, plan, cache=cache)) == normal(g) for q, g in pairs])
            print(f'needles {length} {plan} {np.mean(hits):.3f}', np.mean(hits, 0).round(2).tolist(), flush=True)


if __name__ == '__main__':
    main()
