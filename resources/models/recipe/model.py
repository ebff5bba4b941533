"""The network: Llama architecture, written as functions over a dictionary of parameters.

One block is compiled once for each shape and used by all layers. Attention is causal, either over everything or over
the sink and the recent window (LongGen's plan: the middle third of the layers sees everything).
"""
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

CUDA = torch.cuda.is_available()
DEVICE = 'cuda' if CUDA else 'cpu'
EPS = 1e-5


@dataclass(frozen=True)
class Shape:
    vocabulary: int = 16384
    width: int = 512
    layers: int = 12
    heads: int = 8
    kv_heads: int = 2
    head: int = 64
    ffn: int = 1408
    theta: float = 500000.0
    sink: int = 64
    window: int = 1024
    block: int = 64

    @property
    def sizes(self):
        return self.heads, self.kv_heads, self.head

    def full(self, layer):
        return self.layers // 3 <= layer < self.layers - self.layers // 3


TINY = Shape(width=256, layers=6, heads=4, kv_heads=2, ffn=256, window=128)
MATRICES = ('q', 'k', 'v', 'o', 'gate', 'up', 'down')


def matrix_shape(s, m):
    return {'q': (s.heads * s.head, s.width), 'k': (s.kv_heads * s.head, s.width), 'v': (s.kv_heads * s.head, s.width),
            'o': (s.width, s.heads * s.head), 'gate': (s.ffn, s.width), 'up': (s.ffn, s.width), 'down': (s.width, s.ffn)}[m]


def fresh(s, seed=0):
    """New parameters: {'embedding', 'norm', 'LAYER.norm1', 'LAYER.q', ...}."""
    g = torch.Generator().manual_seed(seed)
    p = {'embedding': torch.randn(s.vocabulary, s.width, generator=g) * 0.02, 'norm': torch.ones(s.width)}
    for layer in range(s.layers):
        p[f'{layer}.norm1'], p[f'{layer}.norm2'] = torch.ones(s.width), torch.ones(s.width)
        for m in MATRICES:
            rows, cols = matrix_shape(s, m)
            p[f'{layer}.{m}'] = torch.randn(rows, cols, generator=g) * (0.0 if m in ('o', 'down') else 0.5 / math.sqrt(cols))
    return p


def visible(s, q, k):
    """Whether query position q sees key position k in a windowed layer."""
    return (k <= q) & ((k < s.sink) | ((torch.div(q, s.block, rounding_mode='floor') - torch.div(k, s.block, rounding_mode='floor')) < s.window // s.block))


_masks = {}


def window_mask(s, length):
    """The windowed layers' mask: a block mask on CUDA, a boolean matrix elsewhere."""
    if (s, length) not in _masks:
        if CUDA:
            from torch.nn.attention.flex_attention import create_block_mask
            sink, block, blocks = s.sink, s.block, s.window // s.block
            _masks[s, length] = create_block_mask(
                lambda b, h, q, k: (k <= q) & ((k < sink) | ((q // block - k // block) < blocks)), None, None, length, length, device=DEVICE)
        else:
            i = torch.arange(length)
            _masks[s, length] = visible(s, i[:, None], i[None])
    return _masks[s, length]


def rms(x, w):
    y = x.float()
    return (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + EPS) * w).to(x.dtype)


def rotate(x, cos, sin):
    """RoPE on halves of the head (NEOX order)."""
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)


def angles(s, positions):
    inv = s.theta ** (-torch.arange(0, s.head, 2, device=positions.device).float() / s.head)
    a = positions.float()[..., None] * inv
    return a.cos(), a.sin()


def qkv(sizes, x, n1, wq, wk, wv, cos, sin):
    """Rotated queries, rotated keys, values (batch, heads, length, head); sizes: heads, kv heads, head."""
    heads, kv_heads, head = sizes
    b, t, _ = x.shape
    y = rms(x, n1)

    def split(w, n):
        return F.linear(y, w.to(y.dtype)).view(b, t, n, head).transpose(1, 2)
    return rotate(split(wq, heads), cos, sin), rotate(split(wk, kv_heads), cos, sin), split(wv, kv_heads)


def feed_forward(x, n2, wg, wu, wd):
    y = rms(x, n2)
    return x + F.linear(F.silu(F.linear(y, wg.to(y.dtype))) * F.linear(y, wu.to(y.dtype)), wd.to(y.dtype))


def attend(q, k, v, mask):
    if CUDA:
        if mask is None:
            return F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        from torch.nn.attention.flex_attention import flex_attention
        return flex_attention(q, k, v, block_mask=mask, enable_gqa=True)
    t = q.shape[2]
    k, v = (z.repeat_interleave(q.shape[1] // k.shape[1], 1) for z in (k, v))
    seen = torch.ones(t, t, dtype=torch.bool).tril() if mask is None else mask
    return ((q @ k.transpose(-1, -2)) / math.sqrt(q.shape[-1])).masked_fill(~seen, -1e9).softmax(-1) @ v


def block(sizes, x, n1, wq, wk, wv, wo, n2, wg, wu, wd, cos, sin, mask):
    b, t, _ = x.shape
    q, k, v = qkv(sizes, x, n1, wq, wk, wv, cos, sin)
    a = attend(q, k, v, mask).transpose(1, 2).reshape(b, t, sizes[0] * sizes[2])
    return feed_forward(x + F.linear(a, wo.to(a.dtype)), n2, wg, wu, wd)


_block = torch.compile(block, dynamic=False) if CUDA else block


def layer_parameters(p, layer):
    return [p[f'{layer}.{n}'] for n in ('norm1', 'q', 'k', 'v', 'o', 'norm2', 'gate', 'up', 'down')]


def windowed(s, layer, plan):
    """plan: 'full', 'hybrid' or 'window'."""
    return plan == 'window' or (plan == 'hybrid' and not s.full(layer))


def hidden(s, p, ids, plan, keep=None):
    """Final hidden states (batch, length, width). With a list `keep`, each layer's keys and values are put into it."""
    t = ids.shape[1]
    cos, sin = angles(s, torch.arange(t, device=ids.device))
    x = F.embedding(ids, p['embedding']).to(torch.bfloat16 if CUDA else torch.float32)
    for layer in range(s.layers):
        w = layer_parameters(p, layer)
        if keep is not None:
            with torch.no_grad():
                keep.append(qkv(s.sizes, x.detach(), *(z.detach() for z in w[:4]), cos, sin)[1:])
        x = _block(s.sizes, x, *w, cos, sin, window_mask(s, t) if windowed(s, layer, plan) else None)
    return rms(x, p['norm'])


@torch.no_grad()
def step(s, p, ids, positions, cache, plan):
    """One decoding step: ids (batch,), their positions; cache of (k, v) with room (batch, kv heads, length, head)."""
    cos, sin = angles(s, positions[:, None])
    cos, sin = cos[:, None], sin[:, None]
    x = F.embedding(ids[:, None], p['embedding']).to(cache[0][0].dtype)
    rows = torch.arange(len(ids), device=ids.device)
    j = torch.arange(cache[0][0].shape[2], device=ids.device)[None]
    q_at = positions[:, None]
    for layer in range(s.layers):
        n1, wq, wk, wv, wo, n2, wg, wu, wd = layer_parameters(p, layer)
        q, k, v = qkv(s.sizes, x, n1, wq, wk, wv, cos, sin)
        ck, cv = cache[layer]
        ck[rows, :, positions], cv[rows, :, positions] = k[:, :, 0], v[:, :, 0]
        seen = visible(s, q_at, j) if windowed(s, layer, plan) else j <= q_at
        rep = s.heads // s.kv_heads
        q = q.view(len(ids), s.kv_heads, rep, s.head)
        score = (q.float() @ ck.float().transpose(-1, -2)) / math.sqrt(s.head)
        a = score.masked_fill(~seen[:, None, None], -1e9).softmax(-1) @ cv.float()
        x = feed_forward(x + F.linear(a.to(x.dtype).reshape(len(ids), 1, -1), wo.to(x.dtype)), n2, wg, wu, wd)
    return F.linear(rms(x, p['norm'])[:, 0], p['embedding'].to(x.dtype)).float()
