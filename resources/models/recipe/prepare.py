"""Makes the training sequences: token ids with loss weights, in numbered shards that training reads as they appear.

    python3 prepare.py DATA OUT [--small]
DATA holds wiki.txt, books.txt, tech.txt (documents joined by NUL, .xz allowed), natural.jsonl, lexicon.json and
tokenizer.model. Each shard is NAME.N.{ids,w,off}.npy; `NAME.N.off.npy` is written last.
"""
import gc
import json
import lzma
import os
import random
import sys
import time
from multiprocessing import Pool

import numpy as np
import sentencepiece

import clauses as C
import documents as D
import entities as E
import facts as F
import far
from ask import Asker
from cloze import Cloze
from lexicon import Lexicon

BOS, PAD, USER, ASSISTANT, DOCUMENT, END = 1, 3, 4, 5, 6, 7
TEXT, LONG_TEXT, QUESTION, ANSWER = 20, 4, 8, 100      # loss weights in hundredths
ROW = 2048
# how often a context of people's questions is used in a round, in halves: most for questions on encyclopedic sentences
TURNS = {'qamr': 8, 'fairytaleqa': 1, 'wikitablequestions': 1, 'condaqa': 0, 'tatqa': 1, 'p3_wiki_hop': 1, 'covidqa': 1}
# documents of each length in a shard
LONG = ((4096, 3200), (8192, 1800), (16384, 1400), (32768, 600))
G = {}                                                  # read-only state shared with forked workers


def read(name):
    path = os.path.join(G['data'], name)
    if os.path.exists(path):
        return open(path, encoding='utf-8', errors='ignore').read()
    return lzma.open(path + '.xz', 'rb').read().decode('utf-8', errors='ignore')


def encode(text):
    if 'sp' not in G:
        G['sp'] = sentencepiece.SentencePieceProcessor(model_file=G['data'] + '/tokenizer.model')
    return G['sp'].encode(text)


def turns(pairs):
    ids, weights = [], []
    for q, a in pairs:
        # a space before the answer gives it the same pieces as in running text, so that it can be copied piece by piece
        q, a = [USER] + encode(q) + [ASSISTANT], encode(' ' + a) + [END]
        ids += q + a
        weights += [QUESTION] * len(q) + [ANSWER] * len(a)
    return ids, weights


def sequence(document, pairs, text_weight=TEXT):
    """Ids and weights of a document (token ids) with its questions, in the chat format."""
    ids, weights = turns(pairs)
    return (np.array([BOS, DOCUMENT] + document + ids, dtype=np.uint16),
            np.array([0, 5] + [text_weight] * len(document) + weights, dtype=np.uint8))


# articles and their questions -------------------------------------------------------------------------------------

def read_articles(texts):
    lexicon = G['lexicon']
    out = []
    for t in texts:
        if '\n\n' in t:
            title, body = t.split('\n\n', 1)
            out.append(D.Article(title, body, E.read_entity(title, body, lexicon)))
    return out


def ask_articles(job):
    seed, lo, hi = job
    asker, cloze = Asker(G['lexicon'], G['names'], random.Random(seed)), Cloze(G['lexicon'], G['names'], random.Random(seed + 1))
    return [asker.article(a.sentences, a.entity) + cloze.article(a.sentences, a.entity) for a in G['articles'][lo:hi]]


def ask_prose(job):
    """Questions on passages of books and technical text: sequences."""
    seed, texts = job
    r = random.Random(seed)
    asker, cloze = Asker(G['lexicon'], G['names'], r), Cloze(G['lexicon'], G['names'], r)
    nobody = E.Entity('', '', '', '', '', False)
    out = []
    for t in texts:
        size = r.choice([800, 1600, 3000, 4500])
        start = r.randrange(max(1, len(t) - size))
        start = t.find('\n', start, start + 600) + 1 or start
        piece = t[start:start + size].strip()
        flat = C.split_sentences(piece.replace('\n', ' '))
        qs = [q for q in asker.article(flat, nobody) + cloze.article(flat, nobody) if q.answer in piece]
        if len(qs) >= 2:
            out.append(sequence(encode(piece), [(q.text, q.answer) for q in r.sample(qs, min(len(qs), 7))]))
    return out


def kinds_of(articles):
    table = {}
    for a in articles:
        if a.entity.kind:
            table.setdefault(a.entity.kind.split()[-1], []).append(a)
    return table


# jobs: each returns sequences --------------------------------------------------------------------------------------

def job_articles(job):
    seed, lo, hi = job
    r = random.Random(seed)
    out = []
    for a in G['articles'][lo:hi]:
        if len(a.questions) < 2:
            continue
        same = G['kinds'].get(a.entity.kind.split()[-1], []) if a.entity.kind else []
        text, pairs = D.document(r, a, same, G['articles'])
        if pairs:
            out.append(sequence(encode(text), pairs))
    return out


def job_natural(job):
    seed, groups = job
    r = random.Random(seed)
    out = []
    for g in groups:
        text, pairs = D.natural_document(r, g, G['pools'][g['source']], G['articles'])
        if pairs:
            out.append(sequence(encode(text), pairs))
    return out


def job_facts(job):
    seed, count = job
    r = random.Random(seed)
    out = []
    for _ in range(count):
        used = set()
        made = [F.fact(r, used) for _ in range(r.choice([2, 4, 8, 16]))]
        items = [f[0] for f in made] + r.sample(G['paragraphs'], r.randint(1, 10))
        r.shuffle(items)
        pairs = [(q, a) for _, q, a in r.sample(made, min(len(made), 6))]
        if r.random() < .2:
            _, q, _ = F.fact(r, used)
            pairs.insert(r.randrange(len(pairs) + 1), (q, D.SILENT))
        out.append(sequence(encode(r.choice([' ', '\n', '\n\n']).join(items)), pairs))
    return out


def job_long(job):
    """Documents of `length` tokens with facts and passages hidden far away, every other one with passages only."""
    seed, length, count = job
    r, sources = random.Random(seed), far.Sources(G['articles'], G['short_groups'], G['long_texts'], encode, G['sp'].decode)
    out = []
    while len(out) < count:
        made = (far.buried if len(out) % 2 else far.mixed)(r, sources, length)
        ids, w = sequence(*made, LONG_TEXT) if made else ([], [])
        if 0 < len(ids) <= length + 1:
            out.append((np.pad(ids, (0, length + 1 - len(ids)), constant_values=PAD), np.pad(w, (0, length + 1 - len(w)))))
    return out


def encode_prose(texts):
    return np.array([t for x in texts for t in [BOS] + encode(x)], dtype=np.uint16)


def save(name, number, sequences, limit=None):
    sequences = [s for s in sequences if limit is None or len(s[0]) <= limit + 1]
    if not sequences:
        return
    base = f'{G["out"]}/{name}.{number}'
    np.save(base + '.ids.npy', np.concatenate([a for a, _ in sequences]))
    np.save(base + '.w.npy', np.concatenate([b for _, b in sequences]))
    offsets = np.cumsum([0] + [len(a) for a, _ in sequences])
    np.save(base + '.tmp.npy', offsets)
    os.replace(base + '.tmp.npy', base + '.off.npy')
    print(f'{time.time() - G["t0"]:6.0f}s {name}.{number}: {len(sequences)} sequences, {offsets[-1] / 1e6:.1f}M tokens', flush=True)


def flat(lists):
    return [x for part in lists for x in part]


def main(data, out, small):
    G.update(data=data, out=out, t0=time.time(), lexicon=Lexicon(data + '/lexicon.json'))
    os.makedirs(out, exist_ok=True)
    r = random.Random(1)
    workers = int(os.environ.get('WORKERS', os.cpu_count()))
    groups = [json.loads(x) for x in read('natural.jsonl').splitlines()]
    groups = [g for g in groups if not g['validation']]
    G['pools'] = {}
    for g in groups:
        G['pools'].setdefault(g['source'], []).append(g)
    wiki = read('wiki.txt').split('\x00')[:2000 if small else None]
    texts = read('books.txt').split('\x00') + read('tech.txt').split('\x00')
    texts = texts[:30] if small else texts
    pieces = [t[i:i + 60000] for t in texts for i in range(0, len(t), 60000)]
    r.shuffle(pieces)
    print(f'{time.time() - G["t0"]:6.0f}s read', flush=True)
    with Pool(workers) as pool:
        mixed = [[t] for t in pieces] + [wiki[i:i + 80] for i in range(0, len(wiki), 80)]
        r.shuffle(mixed)
        np.save(out + '/prose.tmp.npy', np.concatenate(pool.map(encode_prose, mixed, chunksize=8)))
        os.replace(out + '/prose.tmp.npy', out + '/prose.npy')
        print(f'{time.time() - G["t0"]:6.0f}s prose', flush=True)
        G['articles'] = flat(pool.map(read_articles, [wiki[i:i + 1000] for i in range(0, len(wiki), 1000)]))
    G['names'] = E.gazetteer([a.entity for a in G['articles']])
    gc.freeze()                                         # forked workers then leave these objects' pages shared
    with Pool(workers) as pool:
        steps = [(i, i, i + 500) for i in range(0, len(G['articles']), 500)]
        for a, qs in zip(G['articles'], flat(pool.imap(ask_articles, steps))):
            a.questions = qs
    G['kinds'] = kinds_of(G['articles'])
    G['paragraphs'] = [p.strip() for t in r.sample(pieces, min(len(pieces), 600)) for p in t.split('\n\n') if 120 < len(p) < 700][:20000]
    G['long_texts'] = [t for t in texts if len(t) > 200000] or texts
    G['short_groups'] = [g for g in groups if len(g['context']) < 2500 and g['source'] in (
        'nq_open_oracle', 'qed', 'p3_adversarial_qa', 'p3_quoref', 'qamr', 'timeqa', 'rules')]
    print(f'{time.time() - G["t0"]:6.0f}s {sum(len(a.questions) for a in G["articles"])} questions', flush=True)
    people = [g for g in groups if g['source'] != 'rules' for _ in range(TURNS.get(g['source'], 2) // 2 + (r.random() * 2 < TURNS.get(g['source'], 2) % 2))]
    rules = [g for g in groups if g['source'] == 'rules']
    shards = 1 if small else 4
    gc.freeze()
    for n in range(shards):
        with Pool(workers if n == 0 else min(workers, 6)) as pool:      # later shards leave cores to others
            step = 200
            jobs = [(1000 * n + 17 + i, i, i + step) for i in range(0, len(G['articles']), step)]
            save('articles', n, flat(pool.map(job_articles, jobs, chunksize=4)), ROW)
            todo = flat([r.sample(people, len(people)) for _ in range(1 if small else 4)])
            save('natural', n, flat(pool.map(job_natural, [(n * 10000 + i, todo[i:i + 100]) for i in range(0, len(todo), 100)], chunksize=2)), ROW)
            if n < 2:
                todo = r.sample(rules, len(rules))
                save('rules', n, flat(pool.map(job_natural, [(n * 10000 + i, todo[i:i + 100]) for i in range(0, len(todo), 100)], chunksize=2)), ROW)
                save('facts', n, flat(pool.map(job_facts, [(n * 999 + i, 100) for i in range(2 if small else 120)])), ROW)
                save('prose', n, flat(pool.map(ask_prose, [(n * 999 + i, pieces[i:i + 20] * (1 if small else 12)) for i in range(0, len(pieces), 20)])), ROW)
            if n == 0:
                open(out + '/short.ready', 'w').close()
            for length, count in LONG:
                jobs = [(length * 7 + n * 100000 + i, length, 2 if small else 10) for i in range(1 if small else count // 10)]
                save(f'long{length}', n, flat(pool.map(job_long, jobs, chunksize=1)))
    open(out + '/all.ready', 'w').close()


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], '--small' in sys.argv)
