#!/usr/bin/env python3
"""Writes the seed inputs of the fuzz targets: small files, each with one feature of its format, right or wrong.

Run it in this folder after a change of a format; inputs that a fuzzer found are kept beside the seeds.
"""
import io
import json
import pathlib
import struct
import zipfile

U8, I8, U16, I16, U32, I32, F32, BOOL, TEXT, LIST, U64, I64, F64 = range(13)
TYPE_F32, TYPE_Q8_0, TYPE_Q4_K = 0, 8, 12


def text(value):
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def key(name, kind, raw):
    return text(name) + struct.pack("<I", kind) + raw


def texts(name, values):
    return key(name, LIST, struct.pack("<IQ", TEXT, len(values)) + b"".join(map(text, values)))


def tensor(name, shape, kind, offset):
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def gguf(keys=(), tensors=(), data=0, version=3, alignment=32):
    raw = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(keys)) + b"".join(keys) + b"".join(tensors)
    return raw + bytes(-len(raw) % alignment) + bytes(range(256)) * (data // 256) + bytes(data % 256)


def number(kind, form, value):
    return key(f"n.{kind}", kind, struct.pack("<" + form, value))


NUMBERS = [number(k, f, 1) for k, f in zip((U8, I8, U16, I16, U32, I32, F32, BOOL, U64, I64, F64), "BbHhIif?Qqd")]

GGUF = {
    "numbers": gguf(NUMBERS),
    "texts": gguf([key("general.architecture", TEXT, text("llama")), texts("tokenizer.ggml.tokens", ["a", "", "ü"])]),
    "list_of_bools": gguf([key("l", LIST, struct.pack("<IQ3?", BOOL, 3, 1, 0, 1))]),
    "tensors": gguf(NUMBERS[:1], [tensor("a", [32, 2], TYPE_Q8_0, 0), tensor("b", [8], TYPE_F32, 96)], 128),
    "super_block": gguf([], [tensor("k", [256], TYPE_Q4_K, 0)], 160),
    "alignment": gguf([key("general.alignment", U32, struct.pack("<I", 64))], [tensor("a", [4], TYPE_F32, 64)], 128,
                      alignment=64),
    "version_2": gguf([], [tensor("s", [], TYPE_F32, 0)], 32, version=2),
    "overlap": gguf([], [tensor("a", [16], TYPE_F32, 0), tensor("b", [8], TYPE_F32, 32)], 64),
    "shape_wraps": gguf([], [tensor("a", [1 << 32, 1 << 32, 4], TYPE_F32, 0)], 64),
    "list_lies": gguf([key("l", LIST, struct.pack("<IQ", U64, 1 << 61))], [], 64),
    "many_keys_claimed": b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 63),
    "big_endian": b"GGUF" + struct.pack(">IQQ", 3, 0, 0),
}


def safetensors(header, data=0):
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + bytes(data)


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


SAFETENSORS = {
    "two": safetensors({"__metadata__": {"format": "pt"}, "a": entry("F32", [2, 3], 0, 24),
                        "b": entry("BF16", [2], 24, 28)}, 28),
    "empty": safetensors({}),
    "empty_tensor": safetensors({"e": entry("F16", [0, 3], 0, 0), "f": entry("F8_E4M3", [4], 0, 4)}, 4),
    "scalar_padded": safetensors(b'{"s":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}   ', 8),
    "overlap": safetensors({"a": entry("U8", [4], 0, 4), "b": entry("U8", [4], 2, 6)}, 6),
    "hole": safetensors({"a": entry("U8", [4], 2, 6)}, 6),
    "shape_wraps": safetensors({"a": entry("F32", [1 << 32, 1 << 32], 0, 16)}, 16),
    "deep": safetensors(b'{"a":' + b"[" * 100),
    "length_lies": struct.pack("<Q", 1 << 63),
    "escapes": safetensors(b'{"\\u00e9\\ud83d\\ude00":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}', 1),
}

INDEX = {
    "plain": b'{"metadata":{"total_size":1},"weight_map":{"a":"x.safetensors","b":"y.safetensors"}}',
    "upwards": b'{"weight_map":{"a":"../x"}}',
    "deep": b'{"a":' + b"[" * 100 + b"]" * 100 + b"}",
    "twice": b'{"weight_map":{"a":"x","a":"y"}}',
    "values": b'{"x":[1,-1,1.5,null,true,"t",{"y":{}}],"weight_map":{}}',
}


def pickled(value):
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def pickled_tensor(count, shape):
    sizes = b"(" + b"".join(b"J" + struct.pack("<i", n) for n in shape) + b"t"
    return (b"ctorch._utils\n_rebuild_tensor_v2\n((" + pickled("storage") + b"ctorch\nFloatStorage\n" + pickled("0")
            + pickled("cpu") + b"K" + bytes([count]) + b"tQK\0" + sizes + b"(K\1t\x89ccollections\nOrderedDict\n)RtR")


def torch(pickle, floats=4, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, raw in (("a/data.pkl", pickle), ("a/byteorder", b"little"), ("a/data/0", bytes(4 * floats))):
            archive.writestr(zipfile.ZipInfo(name), raw, compression)
    return out.getvalue()


TORCH = {
    "plain": torch(b"\x80\x02}q\1(" + pickled("w") + pickled_tensor(4, [4]) + b"u."),
    "ordered": torch(b"\x80\x02ccollections\nOrderedDict\nq\1)R" + pickled("w") + pickled_tensor(4, [4]) + b"s}"
                     + pickled("_metadata") + b"h\1)Rsb."),
    "past_the_end": torch(b"\x80\x02}" + pickled("w") + pickled_tensor(9, [9]) + b"s."),
    "opcodes": torch(b"\x80\x02}N\x88\x89M\1\0\x8a\x02\1\2G\0\0\0\0\0\0\0\0])(\x85\x86\x87]K\1a(K\2er\0\0\0\0."),
    "forbidden": torch(b"\x80\x02cos\nsystem\n" + pickled("id") + b"\x85R."),
    "compressed": torch(b"\x80\x02}.", 400, zipfile.ZIP_DEFLATED),
}

for folder, inputs in (("gguf", GGUF), ("safetensors", SAFETENSORS), ("safetensors_index", INDEX),
                       ("torch_file", TORCH)):
    target = pathlib.Path(__file__).parent / "corpus" / folder
    target.mkdir(parents=True, exist_ok=True)
    for name, raw in inputs.items():
        (target / name).write_bytes(raw)
