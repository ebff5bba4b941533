"""A small English lexicon for the question generator: verb forms and noun classes.

`build()` condenses WordNet 3.0 (Debian package wordnet-base) into one JSON file, once:
    python3 lexicon.py build /usr/share/wordnet lexicon.json
`Lexicon(path)` loads it. A verb form maps to (lemma, tags), tags among B (base), Z (-s), D (past),
N (past participle), G (-ing); a noun maps to a coarse class.
"""
import json
import lzma
import os
import sys

IRREGULAR = """arise arose arisen;be was been;bear bore borne;beat beat beaten;become became become;begin began begun;
bend bent bent;bind bound bound;bite bit bitten;blow blew blown;break broke broken;breed bred bred;bring brought brought;
build built built;burn burned burned;buy bought bought;cast cast cast;catch caught caught;choose chose chosen;come came come;
cost cost cost;cut cut cut;deal dealt dealt;do did done;draw drew drawn;drink drank drunk;drive drove driven;eat ate eaten;
fall fell fallen;feed fed fed;feel felt felt;fight fought fought;find found found;fly flew flown;forbid forbade forbidden;
forget forgot forgotten;forgive forgave forgiven;freeze froze frozen;get got gotten;give gave given;go went gone;
grow grew grown;hang hung hung;have had had;hear heard heard;hide hid hidden;hit hit hit;hold held held;keep kept kept;
know knew known;lay laid laid;lead led led;leave left left;lend lent lent;let let let;lie lay lain;lose lost lost;
make made made;mean meant meant;meet met met;overcome overcame overcome;pay paid paid;put put put;read read read;
ride rode ridden;ring rang rung;rise rose risen;run ran run;say said said;see saw seen;seek sought sought;sell sold sold;
send sent sent;set set set;shake shook shaken;shine shone shone;shoot shot shot;show showed shown;shut shut shut;
sing sang sung;sink sank sunk;sit sat sat;sleep slept slept;speak spoke spoken;spend spent spent;split split split;
spread spread spread;stand stood stood;steal stole stolen;stick stuck stuck;strike struck struck;swear swore sworn;
swim swam swum;take took taken;teach taught taught;tear tore torn;tell told told;think thought thought;throw threw thrown;
understand understood understood;undergo underwent undergone;wake woke woken;wear wore worn;win won won;
wind wound wound;withdraw withdrew withdrawn;write wrote written;rewrite rewrote rewritten;oversee oversaw overseen;
undertake undertook undertaken;co-write co-wrote co-written;star starred starred;travel travelled travelled;
debut debuted debuted;headquarter headquartered headquartered;model modelled modelled;label labelled labelled"""
CLASSES = {3: 'thing', 4: 'act', 5: 'animal', 6: 'artifact', 7: 'quality', 8: 'body', 9: 'idea', 10: 'message',
           11: 'event', 12: 'feeling', 13: 'food', 14: 'group', 15: 'place', 16: 'motive', 17: 'nature', 18: 'person',
           19: 'nature', 20: 'plant', 21: 'possession', 22: 'process', 23: 'quantity', 24: 'relation', 25: 'shape',
           26: 'state', 27: 'substance', 28: 'time'}
VOWELS = 'aeiou'


def regular(lemma):
    """(-s, -ed, -ing) of a regular verb."""
    last, before = lemma[-1], lemma[-2:-1]
    if last == 'y' and before not in VOWELS:
        return lemma[:-1] + 'ies', lemma[:-1] + 'ied', lemma + 'ing'
    s = lemma + ('es' if lemma.endswith(('s', 'x', 'z', 'ch', 'sh', 'o')) else 's')
    if last == 'e':
        return s, lemma + 'd', (lemma if lemma.endswith(('ee', 'oe', 'ye')) else lemma[:-1]) + 'ing'
    short = len(lemma) <= 4 or lemma in ('commit', 'refer', 'occur', 'permit', 'admit', 'transfer', 'control', 'submit',
                                         'compel', 'patrol', 'propel', 'prefer', 'expel', 'regret')
    if short and last not in VOWELS + 'wxy' and before in VOWELS and lemma[-3:-2] not in VOWELS and len(lemma) > 2:
        return s, lemma + last + 'ed', lemma + last + 'ing'
    return s, lemma + 'ed', lemma + 'ing'


def index(path):
    for line in open(path, encoding='utf-8'):
        if not line.startswith(' '):
            yield line.split()


def build(wordnet, target):
    counts = {}
    for line in open(f'{wordnet}/cntlist.rev', encoding='utf-8'):
        key, _, n = line.split()
        word, rest = key.split('%')
        kind = rest[0]
        counts[word, kind] = counts.get((word, kind), 0) + int(n)
    senses = {}
    for line in open(f'{wordnet}/data.noun', encoding='utf-8'):
        if not line.startswith(' '):
            part = line.split(' ', 2)
            senses[part[0]] = CLASSES[int(part[1])]
    nouns = {f[0]: senses[f[-int(f[2])]] for f in index(f'{wordnet}/index.noun')
             if '_' not in f[0] and f[0].isalpha() and f[-int(f[2])] in senses}
    lemmas = [f[0] for f in index(f'{wordnet}/index.verb') if '_' not in f[0] and f[0].replace('-', '').isalpha()]
    irregular = {row.split()[0]: row.split()[1:] for row in IRREGULAR.replace('\n', '').split(';')}
    verbs = {}

    def note(form, lemma, tag, weight):
        old = verbs.get(form)
        if old and old[0] == lemma:
            old[1] += tag
        elif not old or old[2] < weight:
            verbs[form] = [lemma, tag, weight]
    for lemma in set(lemmas) | set(irregular):
        weight = counts.get((lemma, '2'), 0) + (1000 if lemma in irregular else 0)
        s, past, ing = regular(lemma)
        past, part = irregular.get(lemma, (past, past))
        for form, tag in ((lemma, 'B'), (s, 'Z'), (past, 'D'), (part, 'N'), (ing, 'G')):
            note(form, lemma, tag, weight)
        if lemma.endswith('l') and lemma not in irregular:
            for form, tag in ((lemma + 'led', 'DN'), (lemma + 'ling', 'G')):
                note(form, lemma, tag, weight)
    adjectives = [f[0] for f in index(f'{wordnet}/index.adj') if f[0].isalpha()]
    share = {w: round(counts.get((w, '2'), 0) / (counts.get((w, '2'), 0) + counts.get((w, '1'), 0) + 1), 2)
             for w in set(lemmas) & set(nouns)}
    with open(target, 'w') as out:
        json.dump({'verbs': {k: v[:2] for k, v in verbs.items()}, 'nouns': nouns, 'adjectives': adjectives,
                   'verb_share': share, 'parts': {k: v for k, v in irregular.items()}}, out)


class Lexicon:
    def __init__(self, path=None):
        path = path or os.path.join(os.path.dirname(__file__), 'lexicon.json')
        data = json.load(open(path) if os.path.exists(path) else lzma.open(path + '.xz', 'rt'))
        self.verbs = data['verbs']
        self.nouns = data['nouns']
        self.adjectives = set(data['adjectives'])
        self.verb_share = data['verb_share']
        self.parts = data['parts']

    def verb(self, word):
        """(lemma, tags) of a verb form, or None."""
        return self.verbs.get(word)

    def participle(self, lemma):
        return self.parts[lemma][1] if lemma in self.parts else regular(lemma)[1]

    def past(self, lemma):
        return self.parts[lemma][0] if lemma in self.parts else regular(lemma)[1]

    def singular(self, word):
        if word.endswith('ies') and len(word) > 4:
            return word[:-3] + 'y'
        if word.endswith(('ses', 'xes', 'ches', 'shes')) and word[:-2] in self.nouns:
            return word[:-2]
        if word.endswith('s') and not word.endswith(('ss', 'us', 'is')):
            return word[:-1]
        return word

    def noun(self, word):
        """Coarse class of a noun in singular or plural, or None."""
        return self.nouns.get(word) or self.nouns.get(self.singular(word))


if __name__ == '__main__' and sys.argv[1:2] == ['build']:
    build(sys.argv[2], sys.argv[3])
