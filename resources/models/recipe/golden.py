"""Writes the golden logits of the shipped file, for tests/app/worker/tst_shipped_model.cpp.

    python3 golden.py FILE.gguf TOKENIZER TEXT_FILE OUT.json
Computed by check_gguf.py's forward pass (float32, keys and values unrounded) under the plan in the file.
"""
import json
import sys

import sentencepiece
import torch

from check_gguf import BOS, DOCUMENT, Model

TOKENS = 1300                                        # beyond the window, so that the plan shows
POSITIONS = (0, 1, 63, 64, 500, 1023, 1024, 1087, 1088, 1200, TOKENS - 1)
EVERY = 683                                          # one logit in so many is kept


def main(path, tokenizer, text, out):
    torch.set_num_threads(1)
    sp = sentencepiece.SentencePieceProcessor(model_file=tokenizer)
    ids = ([BOS, DOCUMENT] + sp.encode(open(text, encoding='utf-8').read()))[:TOKENS]
    model = Model(path)
    rows = model.logits(model.run(ids)[list(POSITIONS)])
    golden = {'made': 'recipe/golden.py: another forward pass in float32 over the same file, under the file\'s plan', 'ids': ids,
              'every': EVERY, 'rows': [{'position': p, 'top': int(r.argmax()), 'norm': round(float(r.norm()), 4),
                                        'logits': [round(float(x), 4) for x in r[::EVERY]]} for p, r in zip(POSITIONS, rows)]}
    with open(out, 'w') as f:
        f.write(json.dumps(golden, indent=None, separators=(',', ':')).replace('},{', '},\n{').replace(',"rows"', ',\n"rows"') + '\n')


if __name__ == '__main__':
    main(*sys.argv[1:5])
