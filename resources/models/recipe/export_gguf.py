"""Writes the shipped file: quantised tensors, tokenizer, chat template, plan.

    python3 export_gguf.py CHECKPOINT_FOLDER TOKENIZER.model OUT.gguf [NAME]
"""
import sys

import sentencepiece

from checkpoint import gguf_name, heads_of, interleave, keys, kind_of, unpack
from gguf_io import ARRAY, BOOL, FLOAT, I32, STRING, U32, write_gguf
from model import EPS, Shape
from quantise import quantise

SILENT = 'The document does not say.'
NO_ANSWER = 2.0         # nats: fitted on questions kept aside (README.md)
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6
TEMPLATE = ("{{ bos_token }}{% for message in messages %}{% if message['role'] == 'system' %}<|document|>{{ message['content'] }}"
            "{% elif message['role'] == 'user' %}<|user|>{{ message['content'] }}{% else %}<|assistant|>{{ message['content'] }}<|end|>"
            "{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}")


def vocabulary(path):
    """(pieces, scores, types) of a sentencepiece model."""
    sp = sentencepiece.SentencePieceProcessor(model_file=path)
    pieces, scores, types = [], [], []
    for i in range(sp.get_piece_size()):
        pieces.append(sp.id_to_piece(i))
        scores.append(sp.get_score(i))
        types.append(UNKNOWN if sp.is_unknown(i) else BYTE if sp.is_byte(i) else CONTROL if i < 4 else USER_DEFINED if i < 8 else NORMAL)
    return pieces, scores, types


def metadata(s, tokenizer, name):
    pieces, scores, types = vocabulary(tokenizer)
    first, last = [n for n in range(s.layers) if s.full(n)][0], [n for n in range(s.layers) if s.full(n)][-1]
    plan = f'longgen:full={first}-{last},sink={s.sink},window={s.window}'
    return [('general.architecture', STRING, 'llama'), ('general.name', STRING, name), ('general.license', STRING, 'CC-BY-SA-4.0'),
            ('general.description', STRING, f'42M-parameter reading model, LongGen plan: full attention in layers {first}-{last}, '
             f'sink {s.sink} + window {s.window} elsewhere'),
            ('llama.context_length', U32, 32768), ('llama.embedding_length', U32, s.width), ('llama.block_count', U32, s.layers),
            ('llama.feed_forward_length', U32, s.ffn), ('llama.attention.head_count', U32, s.heads),
            ('llama.attention.head_count_kv', U32, s.kv_heads), ('llama.attention.layer_norm_rms_epsilon', FLOAT, EPS),
            ('llama.rope.freq_base', FLOAT, s.theta), ('llama.rope.dimension_count', U32, s.head), ('llama.vocab_size', U32, s.vocabulary),
            ('lectern.plan', STRING, plan), ('lectern.answers', STRING, 'spans'),
            ('lectern.no_answer.text', STRING, SILENT), ('lectern.no_answer.threshold', FLOAT, NO_ANSWER), ('tokenizer.ggml.model', STRING, 'llama'),
            ('tokenizer.ggml.tokens', (ARRAY, STRING), pieces), ('tokenizer.ggml.scores', (ARRAY, FLOAT), scores),
            ('tokenizer.ggml.token_type', (ARRAY, I32), types), ('tokenizer.ggml.bos_token_id', U32, 1),
            ('tokenizer.ggml.eos_token_id', U32, 7), ('tokenizer.ggml.padding_token_id', U32, 3),
            ('tokenizer.ggml.unknown_token_id', U32, 0), ('tokenizer.ggml.add_bos_token', BOOL, True),
            ('tokenizer.ggml.add_eos_token', BOOL, False), ('tokenizer.ggml.add_space_prefix', BOOL, False),
            ('tokenizer.chat_template', STRING, TEMPLATE), ('general.quantization_version', U32, 2), ('general.file_type', U32, 15)]


def export(p, tokenizer, out, name, kinds=kind_of, s=Shape()):
    tensors = []
    for key in sorted(keys(s), key=lambda k: (k != 'norm', k != 'embedding', [int(x) if x.isdigit() else x for x in gguf_name(k).split('.')])):
        w = p[key].float().numpy()
        w = interleave(w, heads_of(s, key)) if heads_of(s, key) else w
        tensors.append((gguf_name(key), list(w.shape), kinds(s, key), quantise(w, kinds(s, key))))
    write_gguf(out, metadata(s, tokenizer, name), tensors)


if __name__ == '__main__':
    export(unpack(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else 'Lectern mini v2')
