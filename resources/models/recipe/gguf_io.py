"""Reads and writes GGUF files: just what this recipe needs."""
import struct

import numpy as np

from quantise import BLOCKS, F32, dequantise

SCALARS = {0: '<B', 1: '<b', 2: '<H', 3: '<h', 4: '<I', 5: '<i', 6: '<f', 7: '<?', 10: '<Q', 11: '<q', 12: '<d'}
U32, FLOAT, BOOL, STRING, ARRAY, I32 = 4, 6, 7, 8, 9, 5
ALIGNMENT = 32


def read_gguf(path):
    """(metadata, {name: float32 array in row order}, {name: type})."""
    data = memoryview(np.memmap(path, np.uint8, 'r'))
    at = 24
    if bytes(data[:4]) != b'GGUF':
        raise ValueError(f'{path} is no GGUF file')
    count, keys = struct.unpack_from('<qq', data, 8)

    def number(fmt):
        nonlocal at
        v = struct.unpack_from(fmt, data, at)[0]
        at += struct.calcsize(fmt)
        return v

    def string():
        nonlocal at
        n = number('<Q')
        s = bytes(data[at:at + n]).decode('utf-8')
        at += n
        return s

    def value(t):
        if t == STRING:
            return string()
        if t == ARRAY:
            e, n = number('<i'), number('<Q')
            return [value(e) for _ in range(n)]
        return number(SCALARS[t])

    meta = {}
    for _ in range(keys):
        k = string()
        meta[k] = value(number('<i'))
    infos = []
    for _ in range(count):
        name = string()
        shape = [number('<q') for _ in range(number('<I'))]
        infos.append((name, shape[::-1], number('<i'), number('<Q')))
    base = (at + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
    tensors = {}
    for name, shape, kind, offset in infos:
        elements, size = BLOCKS[kind]
        n = int(np.prod(shape))
        raw = np.frombuffer(data, np.uint8, n // elements * size, base + offset)
        tensors[name] = dequantise(raw, kind).reshape(shape)
    return meta, tensors, {i[0]: i[2] for i in infos}


def write_gguf(path, meta, tensors):
    """meta: list of (key, type, value), arrays as (key, (ARRAY, element type), list); tensors: list of (name, shape, type, bytes)."""
    out = bytearray()

    def text(s):
        b = s.encode('utf-8')
        out.extend(struct.pack('<Q', len(b)) + b)

    def put(t, v):
        if t == STRING:
            text(v)
        else:
            out.extend(struct.pack(SCALARS[t], v))

    out.extend(b'GGUF' + struct.pack('<Iqq', 3, len(tensors), len(meta)))
    for key, kind, v in meta:
        text(key)
        if isinstance(kind, tuple):
            out.extend(struct.pack('<iiQ', ARRAY, kind[1], len(v)))
            for x in v:
                put(kind[1], x)
        else:
            out.extend(struct.pack('<i', kind))
            put(kind, v)
    offset = 0
    for name, shape, kind, raw in tensors:
        text(name)
        out.extend(struct.pack('<I', len(shape)))
        for n in shape[::-1]:
            out.extend(struct.pack('<q', n))
        out.extend(struct.pack('<iQ', kind, offset))
        offset += (len(raw) + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
    out.extend(bytes(-len(out) % ALIGNMENT))
    with open(path, 'wb') as f:
        f.write(out)
        for _, _, _, raw in tensors:
            f.write(raw)
            f.write(bytes(-len(raw) % ALIGNMENT))


assert BLOCKS[F32] == (1, 4)
