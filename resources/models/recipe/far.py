"""Long documents: facts and passages hidden in thousands of tokens of other text, with questions on them.

Both makers give (token ids of the document, [(question, answer)]), or None where the pieces did not fit.
"""
from collections.abc import Callable
from dataclasses import dataclass

import documents as D
import facts as F

QUESTION_TOKENS = 36        # room kept for a question with its answer


@dataclass
class Sources:
    articles: list
    groups: list            # people's questions on short contexts
    texts: list             # books and technical text
    encode: Callable
    decode: Callable


def scatter(r, pieces, hidden):
    """Token ids: the hidden pieces, in any order, at random places among the others."""
    places = sorted(r.randrange(len(pieces) + 1) for _ in hidden)
    r.shuffle(hidden)
    document, last = [], 0
    for place, ids in zip(places, hidden):
        document += [t for k in pieces[last:place] for t in k] + ids
        last = place
    return document + [t for k in pieces[last:] for t in k]


def fill(pieces, room):
    """As many of the pieces as there is room for, and their size in tokens."""
    kept, size = [], 0
    for ids in pieces:
        if size + len(ids) > room:
            break
        kept.append(ids)
        size += len(ids)
    return kept, size


def natural(r, group, many):
    return group['context'], [tuple(p) for p in r.sample(group['pairs'], min(many, len(group['pairs']))) if p[1] != D.SILENT]


def mixed(r, sources, length):
    """Facts and passages among running text, or among many articles of any kind."""
    asked = max(6, min(36, length // 450))
    budget = length - 4 - asked * QUESTION_TOKENS
    used, hidden, pairs = set(), [], []
    for _ in range(r.randint(2, asked * 2) if r.random() < .75 else 0):
        s, q, a = F.fact(r, used)
        hidden.append((r.choice([' ', '\n', ' ']) + s + r.choice([' ', '\n']), [(q, a)]))
    for _ in range(r.randint(2, max(3, asked // 2))):
        if r.random() < .6:
            body, mine = natural(r, r.choice(sources.groups), 3)
        else:
            a = r.choice(sources.articles)
            body, mine = D.passage(a, r), D.choose(a, r, 3, D.SAME_KIND)
            mine = [p for p in mine if p[1] in body]
        hidden.append(('\n\n' + body + '\n\n', mine))
    packed = r.random() < .35
    if packed:
        background, size = [], 0
        while size < budget:
            a = r.choice(sources.articles)
            background.append(sources.encode(D.passage(a, r) + '\n\n'))
            size += len(background[-1])
            if r.random() < .3:
                pairs += [p for p in D.choose(a, r, 2, D.SAME_KIND) if p[1] in a.body]
    else:
        t = r.choice(sources.texts)
        start = r.randrange(max(1, len(t) - budget * 5))
        ids = sources.encode(t[start:start + budget * 5])
        background = [ids[i:i + 97] for i in range(0, len(ids), 97)]
    pairs += [p for _, mine in hidden for p in mine]
    hidden = [sources.encode(text) for text, _ in hidden]
    room = budget - sum(map(len, hidden))
    kept, size = fill(background, room)
    if packed and size < room * .5 or room < length * .2:
        return None
    document = scatter(r, kept, hidden)
    if packed:                                   # articles cut off at the end take their questions with them
        text = sources.decode(document)
        pairs = [p for p in pairs if p[1] in text]
    r.shuffle(pairs)
    pairs = pairs[:asked]
    for _ in range(r.randint(0, max(1, asked // 12))):
        pairs.insert(r.randrange(len(pairs) + 1), (F.fact(r, used)[1], D.SILENT))
    return document, pairs


def kind_of(article):
    return article.entity.kind.split()[-1] if article.entity.kind else ''


def anchor(r, sources, company, kinds):
    """A passage that is asked about, with its questions; of a kind that no passage before it has."""
    x = r.random()
    if x < .3:
        return natural(r, r.choice(sources.groups), 8)
    while True:
        a = r.choice(sources.articles)
        if len(a.questions) >= 4 and len(a.body) > 350 and kind_of(a) not in kinds:
            break
    kinds.add(kind_of(a))
    body = D.passage(a, r)
    return body, [p for p in D.choose(a, r, 14 if company == D.ALONE else r.choice((3, 6, 9)), company) if p[1] in body]


def paragraphs(r, sources, characters):
    """A stretch of a book or of technical text, by paragraphs."""
    t = r.choice(sources.texts)
    start = r.randrange(max(1, len(t) - characters))
    return [p.strip() + '\n\n' for p in t[start:start + characters].split('\n\n')[1:-1] if p.strip()]


def elsewhere(r, sources, tokens, kinds, articles):
    """Background pieces, as token ids: running text of one to four sources and articles of other kinds, by their share."""
    pieces, size = [], 0
    while size < tokens:
        if r.random() < articles:
            a = r.choice(sources.articles)
            more = [] if kind_of(a) in kinds else [D.passage(a, r) + '\n\n']
        else:
            more = paragraphs(r, sources, int(tokens * r.choice((1, 2, 5)) * (1 if articles == 0 else .2)))
        for text in more:
            pieces.append(sources.encode(text))
            size += len(pieces[-1])
    return pieces


def buried(r, sources, length):
    """One to twelve passages in other text, asked about in the words of someone who has just read the passage.

    The questions of the passages come in any order, so that most have to find their passage anew.
    """
    many = min(r.choices((1, 3, 6, 12), (20, 30, 30, 20))[0], length // 700)
    articles = r.choices((0, .5, 1), (60, 20, 20))[0]
    company = D.SAME_KIND if articles else D.ALONE if many == 1 else D.OTHER_KINDS
    kinds, hidden, pairs = set(), [], []
    for _ in range(many):
        body, mine = anchor(r, sources, company, kinds)
        hidden.append(sources.encode('\n\n' + body + '\n\n'))
        pairs += mine
    r.shuffle(pairs)
    pairs = pairs[:max(12, min(56, length // 128))]
    if r.random() < .5:
        other = r.choice(sources.articles)
        fit = [q for q in other.questions if not q.local and kind_of(other) not in kinds]
        if fit:
            pairs.insert(r.randrange(len(pairs) + 1), (r.choice(fit).text, D.SILENT))
    room = length - 4 - len(pairs) * QUESTION_TOKENS - sum(map(len, hidden))
    if room < length * .2 or not pairs:
        return None
    pieces, _ = fill(elsewhere(r, sources, room, kinds, articles), room)
    return scatter(r, pieces, hidden), pairs
