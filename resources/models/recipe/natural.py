"""People's own questions: the corpus's QA pairs that suit short answers, and more answers of the QAMR annotators.

    python3 natural.py QA.jsonl QAMR_DIR OUT.jsonl     lines {"context", "source", "pairs": [[question, answer], ...]}
QAMR_DIR (data/ of uwnlp/qamr, may be '-') adds questions whose annotators agree in part on sentences the corpus has.
"""
import hashlib
import json
import random
import re
import sys
from collections import defaultdict

SILENT = 'The document does not say.'
# share of each source's pairs that is used; sources with long or yes/no answers are left out or thinned
SHARE = {'qamr': 1, 'nq_open_oracle': 1, 'qed': 1, 'p3_adversarial_qa': 1, 'p3_quoref': 1, 'timeqa': 1, 'covidqa': 1,
         'fairytaleqa': 1, 'wikitablequestions': 1, 'tatqa': .7, 'p3_ropes': 1, 'p3_wiki_hop': 1, 'rules': 1, 'condaqa': .15}


def is_validation(text):
    """The corpus's fixed one per cent."""
    return int(hashlib.sha1(text.encode('utf-8')).hexdigest()[:8], 16) % 100 == 0


def key(text):
    return re.sub(r'[^a-z0-9]', '', text.lower())


def find_span(context, tokens):
    """The context's own spelling of a run of tokens, or None."""
    m = re.search(r'\s*'.join(re.escape(t) for t in tokens), context)
    return m.group(0) if m else None


def more_qamr(folder, contexts):
    """(context, question, answer) from QAMR's development and test parts."""
    sentences = {}
    for line in open(f'{folder}/wiki-sentences.tsv', encoding='utf-8'):
        name, text = line.rstrip('\n').split('\t')
        sentences[name] = text.split(' ')
    keys = {key(c): c for c in contexts}
    for part in ('dev', 'test'):
        for line in open(f'{folder}/filtered/{part}.tsv', encoding='utf-8'):
            f = line.rstrip('\n').split('\t')
            tokens = sentences.get(f[0])
            context = tokens and keys.get(key(''.join(tokens)))
            if not context or len(f) < 9 or len(f[5].split()) < 4:
                continue
            spans = [set(map(int, s.split(':')[-1].split())) for s in (f[6], f[7], f[8])]

            def agreement(s):
                return sum(len(s & o) / max(len(s | o), 1) for o in spans) - 1
            best = max(spans, key=agreement)
            if agreement(best) < .4 or not best or max(best) - min(best) + 1 != len(best):
                continue
            answer = find_span(context, [tokens[i] for i in sorted(best)])
            if answer:
                yield context, f[5], answer


def main(qa, qamr, out):
    r = random.Random(11)
    groups = defaultdict(dict)
    for line in open(qa, encoding='utf-8'):
        x = json.loads(line)
        s, a, c = x['source'], x['answer'], x['context']
        if r.random() >= SHARE.get(s, 0) or len(a.split()) > 15 or len(c) > 9000:
            continue
        if s in ('fairytaleqa', 'p3_ropes') and a != SILENT and a not in c:
            continue
        groups[s, c][x['question']] = a
    if qamr != '-':
        have = [c for s, c in groups if s == 'qamr']
        n = 0
        for c, q, a in more_qamr(qamr, have):
            if q not in groups['qamr', c]:
                groups['qamr', c][q] = a
                n += 1
        print('more qamr questions', n)
    count = defaultdict(int)
    with open(out, 'w') as f:
        for (s, c), pairs in groups.items():
            count[s, is_validation(c)] += len(pairs)
            f.write(json.dumps({'context': c, 'source': s, 'validation': is_validation(c), 'pairs': list(pairs.items())}) + '\n')
    print(dict(count))


if __name__ == '__main__':
    main(*sys.argv[1:4])
