#!/usr/bin/env python3
"""Attention of PyTorch on this GPU, beside the timings of lectern_cuda_check: cuDNN's and the flash backend's."""
import statistics

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel


def median_ms(work, repeats):
    work()
    torch.cuda.synchronize()
    times = []
    for _ in range(repeats):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end))
    return statistics.median(times)


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def prefill(name, backend, tokens, kv_heads, dtype=torch.float16):
    q = torch.randn(1, 32, tokens, 128, device="cuda", dtype=dtype)
    k, v = (torch.randn(1, kv_heads, tokens, 128, device="cuda", dtype=dtype) for _ in range(2))
    with sdpa_kernel(backend):
        ms = median_ms(lambda: torch.nn.functional.scaled_dot_product_attention(
            q, k, v, is_causal=True, enable_gqa=kv_heads != 32), 3 if tokens > 70000 else 7)
    flops = 4 * 128 * 32 * tokens * (tokens + 1) / 2
    row("torch " + name + " prefill", f"32/{kv_heads} x 128", tokens, f"{ms:.3f} ms", f"{flops / ms * 1e-9:.1f} TFLOP/s")


def decode(name, backend, tokens, kv_heads):
    q = torch.randn(1, 32, 1, 128, device="cuda", dtype=torch.float16)
    k, v = (torch.randn(1, kv_heads, tokens, 128, device="cuda", dtype=torch.float16) for _ in range(2))
    with sdpa_kernel(backend):
        ms = median_ms(lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v, enable_gqa=kv_heads != 32), 21)
    size = 2 * kv_heads * tokens * 128 * 2
    row("torch " + name + " decode", f"32/{kv_heads} x 128", tokens, f"{ms:.4f} ms", f"{size / ms * 1e-6:.0f} GB/s")


def main():
    print(torch.__version__, torch.version.cuda, "cuDNN", torch.backends.cudnn.version())
    a, b = (torch.randn(8192, 8192, device="cuda", dtype=torch.float16) for _ in range(2))
    ms = median_ms(lambda: a @ b, 11)
    row("torch matmul 8192^3 f16", f"{ms:.3f} ms", f"{2 * 8192**3 / ms * 1e-9:.1f} TFLOP/s")
    big = torch.randn(1 << 30, device="cuda")
    target = torch.empty_like(big)
    ms = median_ms(lambda: target.copy_(big), 11)
    row("torch copy 4 GiB", f"{ms:.3f} ms", f"{2 * 4 * (1 << 30) / ms * 1e-6:.0f} GB/s")
    del a, b, big, target
    backends = [("cuDNN", SDPBackend.CUDNN_ATTENTION), ("flash", SDPBackend.FLASH_ATTENTION)]
    for work, arguments in [(prefill, (t, 32)) for t in (4096, 16384, 65536, 131072)] + [(prefill, (16384, 8))] + [
            (decode, (t, h)) for t in (32768, 131072) for h in (32, 8)]:
        for name, backend in backends:
            try:
                work(name, backend, *arguments)
            except RuntimeError as error:
                row("torch " + name, work.__name__, arguments, "failed: " + str(error).splitlines()[0][:80])


main()
