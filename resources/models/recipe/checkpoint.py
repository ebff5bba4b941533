"""Parameters from and to files: GGUF tensors, and packed bf16 checkpoints in parts of at most 15.5 MB."""
import glob
import json
import zlib

import numpy as np
import torch

from gguf_io import read_gguf
from model import MATRICES, Shape
from quantise import F32, Q4_K, Q5_0, Q6_K, Q8_0

PART = 15_500_000
GGUF_NAMES = {'q': 'attn_q', 'k': 'attn_k', 'v': 'attn_v', 'o': 'attn_output', 'gate': 'ffn_gate', 'up': 'ffn_up', 'down': 'ffn_down',
              'norm1': 'attn_norm', 'norm2': 'ffn_norm'}


def gguf_name(key):
    if '.' not in key:
        return {'embedding': 'token_embd.weight', 'norm': 'output_norm.weight'}[key]
    layer, part = key.split('.')
    return f'blk.{layer}.{GGUF_NAMES[part]}.weight'


def kind_of(s, key):
    """The type a parameter has in the shipped file."""
    if key.endswith(('norm', 'norm1', 'norm2')):
        return F32
    if key == 'embedding':
        return Q6_K
    layer, part = key.split('.')
    if part == 'down':
        return Q5_0
    if s.full(int(layer)) and part in 'qkvo':
        return Q8_0
    return Q6_K if part == 'v' else Q4_K


def interleave(w, heads):
    """Rows of Q or K from RoPE halves (training) to RoPE pairs (GGUF)."""
    return w.reshape(heads, 2, -1, w.shape[-1]).swapaxes(1, 2).reshape(w.shape)


def halves(w, heads):
    return w.reshape(heads, -1, 2, w.shape[-1]).swapaxes(1, 2).reshape(w.shape)


def heads_of(s, key):
    return s.heads if key.endswith('.q') else s.kv_heads if key.endswith('.k') else 0


def keys(s):
    return ['norm', 'embedding'] + [f'{n}.{m}' for n in range(s.layers) for m in ('norm1', 'norm2') + MATRICES]


def from_gguf(path, s=Shape()):
    """Parameters of a GGUF file of this shape."""
    _, tensors, _ = read_gguf(path)
    out = {}
    for key in keys(s):
        w = tensors[gguf_name(key)]
        out[key] = torch.from_numpy(np.ascontiguousarray(halves(w, heads_of(s, key)) if heads_of(s, key) else w))
    return out


def pack(p, folder):
    """Writes bf16 parameters: low bytes as they are, high bytes compressed."""
    head = [(k, list(v.shape)) for k, v in p.items()]
    bits = np.concatenate([v.detach().bfloat16().cpu().contiguous().view(torch.int16).numpy().view(np.uint16).ravel() for v in p.values()])
    low, high = (bits & 255).astype(np.uint8).tobytes(), zlib.compress((bits >> 8).astype(np.uint8).tobytes(), 6)
    for name, data in (('low', low), ('high', high)):
        for i in range(0, len(data), PART):
            with open(f'{folder}/{name}{i // PART}.bin', 'wb') as f:
                f.write(data[i:i + PART])
    with open(folder + '/head.json', 'w') as f:
        json.dump(head, f)


def unpack(folder):
    def joined(name):
        return b''.join(open(x, 'rb').read() for x in sorted(glob.glob(f'{folder}/{name}?.bin')))
    bits = np.frombuffer(joined('low'), np.uint8).astype(np.uint16) | (np.frombuffer(zlib.decompress(joined('high')), np.uint8).astype(np.uint16) << 8)
    out, at = {}, 0
    for k, shape in json.load(open(folder + '/head.json')):
        n = int(np.prod(shape))
        out[k] = torch.from_numpy(bits[at:at + n].view(np.int16).copy()).view(torch.bfloat16).float().reshape(shape)
        at += n
    return out
