"""The quantised types of the shipped file: packing (numpy), unpacking (numpy) and the same rounding in training (torch).

Rounding is plain nearest-value rounding between the block's extremes. Training's last part runs with these
rounded weights (straight-through gradients), so the file holds what was trained; no search for scales is needed.
"""
import numpy as np

F32, F16, Q5_0, Q8_0, Q4_K, Q6_K = 0, 1, 6, 8, 12, 14
BLOCKS = {F32: (1, 4), F16: (1, 2), Q5_0: (32, 22), Q8_0: (32, 34), Q4_K: (256, 144), Q6_K: (256, 210)}


# codes of each type from float values; `xp` is numpy or torch ------------------------------------------------------

def half(xp, x):
    """Rounded to half precision and back."""
    return x.astype(np.float16).astype(np.float32) if xp is np else x.half().float()


def largest(xp, x):
    return x.max(-1, keepdims=True) if xp is np else x.amax(-1, keepdim=True)


def codes_q8_0(xp, x):
    d = half(xp, largest(xp, xp.abs(x)) / 127)
    return d, xp.round(x / (d + (d == 0)))


def codes_q5_0(xp, x):
    d = half(xp, largest(xp, xp.abs(x)) / 15.5)
    return d, xp.clip(xp.round(x / (d + (d == 0))), -16, 15)


def codes_q4_k(xp, x):
    """x (..., 8, 32): d, dmin, 6-bit scales and minima, 4-bit codes; value = d * scale * q - dmin * minimum."""
    low = -largest(xp, -x)
    low = xp.where(low < 0, low, low * 0)
    high = largest(xp, x)
    scale, minimum = (high - low) / 15, -low
    flat = scale.reshape(scale.shape[:-2] + (8,)), minimum.reshape(minimum.shape[:-2] + (8,))
    d, dmin = half(xp, largest(xp, flat[0]) / 63), half(xp, largest(xp, flat[1]) / 63)
    d1, m1 = d[..., None], dmin[..., None]
    s = xp.clip(xp.round(scale / (d1 + (d1 == 0))), 0, 63)
    m = xp.clip(xp.round(minimum / (m1 + (m1 == 0))), 0, 63)
    step = d1 * s
    q = xp.clip(xp.round((x + m1 * m) / (step + (step == 0))), 0, 15)
    return d1, m1, s, m, q


def codes_q6_k(xp, x):
    """x (..., 16, 16): d, 8-bit scales, 6-bit codes; value = d * scale * q."""
    scale = largest(xp, xp.abs(x)) / 31.5
    flat = scale.reshape(scale.shape[:-2] + (16,))
    d = half(xp, largest(xp, flat) / 127)[..., None]
    s = xp.round(scale / (d + (d == 0)))
    step = d * s
    q = xp.clip(xp.round(x / (step + (step == 0))), -32, 31)
    return d, s, q


def rounded(xp, x, kind):
    """The values that a tensor has after packing as `kind`; same shape."""
    shape = x.shape
    if kind == Q8_0:
        d, q = codes_q8_0(xp, x.reshape(-1, 32))
        return (d * q).reshape(shape)
    if kind == Q5_0:
        d, q = codes_q5_0(xp, x.reshape(-1, 32))
        return (d * q).reshape(shape)
    if kind == Q4_K:
        d, dmin, s, m, q = codes_q4_k(xp, x.reshape(-1, 8, 32))
        return (d * s * q - dmin * m).reshape(shape)
    if kind == Q6_K:
        d, s, q = codes_q6_k(xp, x.reshape(-1, 16, 16))
        return (d * s * q).reshape(shape)
    return x


# packing ------------------------------------------------------------------------------------------------------------

def half_bytes(x):
    return np.ascontiguousarray(x.astype(np.float16).reshape(-1, 1)).view(np.uint8)


def quantise(x, kind):
    """Bytes of a float32 array packed as `kind`."""
    x = np.ascontiguousarray(x, dtype=np.float32)
    if kind == F32:
        return x.tobytes()
    if kind == Q8_0:
        d, q = codes_q8_0(np, x.reshape(-1, 32))
        return np.concatenate([half_bytes(d), q.astype(np.int8).view(np.uint8)], 1).tobytes()
    if kind == Q5_0:
        d, q = codes_q5_0(np, x.reshape(-1, 32))
        u = (q + 16).astype(np.uint8)
        high = np.packbits(u >> 4, axis=1, bitorder='little')
        return np.concatenate([half_bytes(d), high, (u[:, :16] & 15) | ((u[:, 16:] & 15) << 4)], 1).tobytes()
    if kind == Q4_K:
        return pack_q4_k(x.reshape(-1, 8, 32)).tobytes()
    if kind == Q6_K:
        return pack_q6_k(x.reshape(-1, 16, 16)).tobytes()
    raise ValueError(f'type {kind} is not written here')


def pack_q4_k(x):
    d, dmin, s, m, q = codes_q4_k(np, x)
    s, m = s[..., 0].astype(np.uint8), m[..., 0].astype(np.uint8)
    scales = np.zeros((len(x), 12), np.uint8)
    scales[:, 0:4] = s[:, :4] | (s[:, 4:] >> 4 << 6)
    scales[:, 4:8] = m[:, :4] | (m[:, 4:] >> 4 << 6)
    scales[:, 8:12] = (s[:, 4:] & 15) | ((m[:, 4:] & 15) << 4)
    q = q.astype(np.uint8).reshape(-1, 4, 2, 32)
    return np.concatenate([half_bytes(d), half_bytes(dmin), scales, (q[:, :, 0] | (q[:, :, 1] << 4)).reshape(-1, 128)], 1)


def pack_q6_k(x):
    d, s, q = codes_q6_k(np, x)
    u = (q + 32).astype(np.uint8).reshape(-1, 2, 4, 32)
    low = np.stack([(u[:, :, 0] & 15) | ((u[:, :, 2] & 15) << 4), (u[:, :, 1] & 15) | ((u[:, :, 3] & 15) << 4)], 2)
    high = (u[:, :, 0] >> 4) | (u[:, :, 1] >> 4 << 2) | (u[:, :, 2] >> 4 << 4) | (u[:, :, 3] >> 4 << 6)
    return np.concatenate([low.reshape(-1, 128), high.reshape(-1, 64), s.reshape(-1, 16).astype(np.int8).view(np.uint8), half_bytes(d)], 1)


# unpacking ------------------------------------------------------------------------------------------------------------

def halves(b):
    return np.ascontiguousarray(b).view(np.float16).astype(np.float32)


def dequantise(raw, kind):
    """Flat float32 array from packed bytes."""
    if kind == F32:
        return raw.view(np.float32).copy()
    if kind == F16:
        return halves(raw)
    b = raw.reshape(-1, BLOCKS[kind][1])
    if kind == Q8_0:
        return (halves(b[:, :2]) * np.ascontiguousarray(b[:, 2:]).view(np.int8)).ravel()
    if kind == Q5_0:
        high = np.unpackbits(np.ascontiguousarray(b[:, 2:6]), axis=1, bitorder='little')
        q = np.concatenate([b[:, 6:] & 15, b[:, 6:] >> 4], 1) | (high << 4)
        return (halves(b[:, :2]) * (q.astype(np.float32) - 16)).ravel()
    if kind == Q4_K:
        sc = b[:, 4:16]
        s = np.concatenate([sc[:, :4] & 63, (sc[:, 8:] & 15) | (sc[:, :4] >> 6 << 4)], 1).astype(np.float32)
        m = np.concatenate([sc[:, 4:8] & 63, (sc[:, 8:] >> 4) | (sc[:, 4:8] >> 6 << 4)], 1).astype(np.float32)
        q = b[:, 16:].reshape(-1, 4, 1, 32)
        q = np.concatenate([q & 15, q >> 4], 2).reshape(-1, 8, 32).astype(np.float32)
        return (halves(b[:, :2])[:, :, None] * s[..., None] * q - halves(b[:, 2:4])[:, :, None] * m[..., None]).ravel()
    if kind == Q6_K:
        low = b[:, :128].reshape(-1, 2, 2, 32)
        high = b[:, 128:192].reshape(-1, 2, 32)
        u = np.stack([(low[:, :, 0] & 15) | ((high & 3) << 4), (low[:, :, 1] & 15) | ((high >> 2 & 3) << 4),
                      (low[:, :, 0] >> 4) | ((high >> 4 & 3) << 4), (low[:, :, 1] >> 4) | (high >> 6 << 4)], 2)
        s = np.ascontiguousarray(b[:, 192:208]).view(np.int8).astype(np.float32)
        q = u.reshape(-1, 16, 16).astype(np.float32) - 32
        return (halves(b[:, 208:210])[:, :, None] * s[..., None] * q).ravel()
    raise ValueError(f'type {kind} is not read here')
