"""Loosely worded questions on any sentence, also on those whose grammar the rules of ask.py cannot follow.

A name, date, number or reason is taken out, a question word of its type goes to the front, and the words around it
are cut to a clause, shortened, put in another order and exchanged for others. Such noisy questions teach to find an
answer by its type and by what stands near it, not by a whole matching phrase (Lewis, Denoyer and Riedel 2019,
"Unsupervised Question Answering by Cloze Translation").
"""
import re
from dataclasses import dataclass

import clauses as C
from questions import PLACES, SYNONYMS, Maker, Question

MONTH = '|'.join(C.MONTHS)
COUNT = r'(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|' + '|'.join(sorted(C.NUMBERS - {'hundred', 'thousand', 'million', 'billion'})) + ')(?: (?:hundred|thousand|million|billion))?'
UNIT = r'(?:square )?(?:k?m|km2|metres?|meters?|miles?|feet|ft|kilomet(?:er|re)s?|acres?|hectares?|inch(?:es)?|tonn?e?s|kg|pounds|mph|km/h|years? old|minutes|hours|nautical miles)'
NAME_WORD = r"[A-ZÀ-ÖØ-Þ](?:[\w’'&-]*\w)?(?:\.(?=[A-Z ]))?"
NAME = rf'{NAME_WORD}(?: (?:(?:of the|of|the|de la|de|la|van|von|du|del|di|da|for|&) )?{NAME_WORD})*'
PATTERNS = [
    ('span', rf'(?:between|from) (?:the )?(?:(?:{MONTH}) )?\d{{4}} (?:and|to|until) (?:(?:{MONTH}) )?\d{{4}}'),
    ('date', rf'\d{{1,2}} (?:{MONTH}) \d{{4}}|(?:{MONTH}) \d{{1,2}}, \d{{4}}|(?:{MONTH}) \d{{1,2}}(?!\d)|\b\d{{1,2}} (?:{MONTH})(?! \d)'),
    ('month', rf'(?:{MONTH}) \d{{4}}'), ('period', r'(?:the )?(?:early |late |mid-)?(?:\d{3}0s|\d{1,2}(?:st|nd|rd|th) century)'),
    ('money', r'(?:US|A|C|NZ|HK)?[$€£¥] ?\d[\d,.]*\d?(?: (?:million|billion|thousand))?'), ('percent', r'\d[\d.]*(?: ?%| per ?cent)'),
    ('size', rf'{COUNT} {UNIT}\b'), ('year', r'(?<![\d,.])(?:1[0-9]\d\d|20[0-2]\d)(?![\d,.]\d)'), ('count', rf'\b{COUNT}(?= [a-z])'),
    ('quoted', r'(?<=["“])[A-Z][^"“”]{2,50}(?=["”])'), ('name', NAME)]
SPAN = re.compile('|'.join(f'(?P<{n}>{p})' for n, p in PATTERNS))
REASON = re.compile(r'\b(because of|because|due to|owing to|as a result of|thanks to|in order to|so as to) ([^,.;:()]{8,90})(?=[,.;)]|$)')
AFTER = {'long': 'how long', 'high': 'how high', 'tall': 'how tall', 'wide': 'how wide', 'deep': 'how deep', 'from': 'how far', 'away': 'how far',
         'north': 'how far', 'south': 'how far', 'east': 'how far', 'west': 'how far', 'northeast': 'how far', 'northwest': 'how far',
         'southeast': 'how far', 'southwest': 'how far', 'off': 'how far', 'above': 'how high'}
BREAK = {';', ':', '–', '—', 'which', 'who', 'whom', 'whose', 'where', 'while', 'although', 'though', 'but', 'because', 'whereas', 'unless'}
STOP = C.PREPOSITIONS | C.DETERMINERS | C.BE | C.HAVE | C.MODAL | C.ADVERBS | {'and', 'or', 'been', 'be', 'being', ','}
MARK = '\x01'
NOT_NAMES = set('''The A An In On At By For From With As After Before During Since Until His Her Its Their He She It They This These That Those
There When While Although However Despite Following Both Many Most Some Several Other Each Every Also Later Initially Originally Today Currently
Born Located Since According Despite Due If No Not Such Under Upon Within Because But And Or To Of One Two Three Four Five Six Seven Eight Nine Ten
Early Among Additionally Furthermore Moreover Unlike Like Through Throughout Along Between Over First Second Then Thus Another All Only'''.split()) | set(C.MONTHS)


@dataclass
class Find:
    text: str
    kind: str
    start: int
    end: int


def finds(sentence):
    """Spans of a sentence that a person might ask for."""
    out = []
    for m in SPAN.finditer(sentence):
        kind, text, start = m.lastgroup, m.group(0), m.start()
        if kind == 'name':
            first, _, rest = text.partition(' ')
            if first in NOT_NAMES:
                if not rest or not rest[:1].isupper():
                    continue
                text, start = rest, start + len(first) + 1
            text = re.sub(r"['’]s$", '', text)
            if len(text) < 3 or text in NOT_NAMES or start == 0 and ' ' not in text:
                continue
        out.append(Find(text, kind, start, start + len(text)))
    out = [f for f in out if f.kind != 'name' or not in_list(sentence, f)]
    for m in REASON.finditer(sentence):
        out.append(Find(m.group(2).strip(), 'reason ' + m.group(1), m.start(2), m.start(2) + len(m.group(2).strip())))
    return out


def in_list(sentence, f):
    """Whether a name is one of several in a row; 'Memphis, Tennessee' is taken as one."""
    m = re.match(rf', ({NAME})(?=[,.;)]|$| [a-z])', sentence[f.end:])
    before = re.search(r'[\w.)]+(?:,| and| or|, and)$', sentence[:f.start].rstrip())
    if before and (before.group(0)[0].isupper() or before.group(0)[0] in ')'):
        return True
    if m and m.group(1).split()[0] not in NOT_NAMES and not re.match(r',? and|, [A-Z]', sentence[f.end + m.end():]):
        f.text, f.end = sentence[f.start:f.end + m.end()], f.end + m.end()
        return False
    return bool(m) or bool(re.match(r',? (?:and|or) [A-Z]', sentence[f.end:]))


def pronoun_of(article_text, entity):
    """(subject, possessive, object) pronouns for the article's entity."""
    if entity.group != 'person':
        return ('it', 'its', 'it')
    he, she = (len(re.findall(p, article_text)) for p in (r'\b(?:[Hh]e|[Hh]is)\b', r'\b(?:[Ss]he|[Hh]er)\b'))
    return ('she', 'her', 'her') if she > he else ('he', 'his', 'him') if he else ('they', 'their', 'them')


class Cloze(Maker):
    def article(self, sentences, entity):
        out = []
        pronouns = pronoun_of(' '.join(sentences), entity)
        for n, sentence in enumerate(sentences):
            found = finds(sentence)
            self.r.shuffle(found)
            for f in found[:3]:
                q = self.question(sentence, f, entity, pronouns, n) if not set('()[]') & set(f.text) else None
                if q:
                    q.sentence = n
                    out.append(q)
        return out

    def question(self, sentence, f, entity, pronouns, n):
        before, after = sentence[:f.start], sentence[f.end:]
        if before.count('(') > before.count(')') or f.text in entity.title and self.r.random() < .85:
            return None
        words = C.words_of(C.strip_brackets(before + ' ' + MARK + ' ' + after))
        if words.count(MARK) != 1 or len(words) < 5:
            return None
        left, right = self.clause(words)
        if f.kind == 'name' and right[:1] and right[0].islower() and ' ' not in f.text and (self.lex.noun(right[0]) or right[0] in self.lex.adjectives) and right[0] not in STOP:
            return None                                    # 'American actor': an adjective, not a name
        typed = self.wh(f, left, right)
        if typed is None:
            return None
        wh, left, right, answer = typed
        left, local = self.refer(left, entity, pronouns, n)
        words = self.order(wh, left, right, f.kind)
        if words is None or 'According' in words or words[len(wh):len(wh) + 1] and words[len(wh)] in ('Born', 'Spending', 'If', 'With', ',', '-', '!') or sum(w.lower() not in STOP for w in words) < 3 or len(words) > 20:
            return None
        if not any(self.is_verb(w) for w in words[len(wh):]):
            return None
        text = self.finish(words)
        low = text.lower()
        if answer.lower() in low or re.search(r'\b(i|we|you)\b', low) or low.count(MARK):
            return None
        named = entity.title.lower() in low or (entity.surname and entity.surname.lower() in low)
        local = local or not named and (n > 0 or not any(w[:1].isupper() for w in words[1:]))
        return Question(text, answer, n, local, 'cloze-' + f.kind.split()[0])

    def is_verb(self, word):
        form = self.lex.verb(word)
        return word in C.BE | C.HAVE | {'did', 'does', 'do'} | C.MODAL or bool(form and set(form[1]) & set('DZN') and not self.lex.noun(word))

    def clause(self, words):
        """The words left and right of the mark in its clause, commas and conjunctions at the ends dropped."""
        at = words.index(MARK)
        cuts = [i for i, w in enumerate(words) if w in BREAK or w == ',' or (w == 'and' and C.starts_clause(words[i + 1:], self.lex))]
        lo = max([i for i in cuts if i < at], default=-1)
        hi = min([i for i in cuts if i > at], default=len(words))

        def size(a, b):
            return sum(w.lower() not in STOP for w in words[a + 1:b])
        want = self.r.choice([3, 4, 5, 7])
        while size(lo, hi) <= want and (lo >= 0 or hi < len(words)):
            if lo >= 0:
                lo = max([i for i in cuts if i < lo], default=-1)
            elif hi < len(words):
                hi = min([i for i in cuts if i > hi], default=len(words))
        left, right = words[lo + 1:at], words[at + 1:hi]
        while left and (left[0] in BREAK or left[0].lower() in (',', 'and', 'or', 'that', 'however', 'also')):
            left = left[1:]
        while right and (right[-1] in BREAK or right[-1] in (',', 'and', 'or')):
            right = right[:-1]
        return self.main_part(left)[-11:], right[:9]

    def main_part(self, left):
        """Without an opening phrase set off by a comma ('After a season, he ...')."""
        if left and (left[0].lower() in C.PREPOSITIONS | C.ADVERBS | BREAK or left[0] in ('According', 'When', 'Born', 'If') or left[0].endswith('ing')):
            k = left.index(',') + 1 if ',' in left else 0
            if k and len(left) - k >= 2:
                return left[k:]
        return left

    def wh(self, f, left, right):
        """(question words, left, right, answer) with what the question words say removed from the sides."""
        r, kind = self.r, f.kind
        last = left[-1].lower() if left else ''
        if kind in ('date', 'month', 'year', 'period', 'span'):
            if kind == 'year' and (last not in ('in', 'since', 'of', 'until', 'by', 'from', 'to', 'around') or right[:1] and right[0][:1].isupper()):
                return None
            if last in ('in', 'on', 'by', 'around', 'during', 'of', 'from', 'the') and r.random() < .9:
                left = left[:-1]
            options = {'year': ['when', 'when', 'in what year', 'in which year', 'what year', 'which year'], 'month': ['when', 'when', 'in what month'],
                       'date': ['when', 'when', 'on what date', 'on what day', 'what day'], 'period': ['when', 'in what period'],
                       'span': ['when', 'when', 'how long', 'in which years']}[kind]
            answer = re.sub(r'^from ', '', f.text)
            if kind == 'date' and r.random() < .3 and re.search(r'\d{4}$', answer):
                return r.choice(['in what year', 'what year', 'which year']).split(), left, right, answer[-4:]
            return r.choice(options).split(), left, right, answer
        if kind == 'money':
            return r.choice(['how much', 'how much', 'how much money', 'what amount']).split(), left, right, f.text
        if kind == 'percent':
            return r.choice(['what percentage', 'how much', 'what percent', 'how many']).split(), left, right[1:] if right[:1] == ['of'] else right, f.text
        if kind == 'size':
            far = next((AFTER[w] for w in right[:2] if w in AFTER), None)
            if far:
                return far.split(), left, right[1:] if right[:1] and right[0] in AFTER and right[0] not in ('from',) else right, f.text
            return r.choice(['how much', 'how large', 'what size', 'how long', 'how far']).split() if last != 'of' else ['what'], left, right, f.text
        if kind == 'count':
            k = 1
            while k < min(3, len(right)) and right[k].islower() and right[k] not in STOP and not (self.lex.verb(right[k]) and not self.lex.noun(right[k])):
                k += 1
            if not right or right[0] in STOP or not right[0].islower() or last in ('number', 'top', 'no', 'grade', 'class', 'type') or last in ('of', 'the') and r.random() < .5:
                return None
            while left and left[-1].lower() in ('about', 'around', 'approximately', 'over', 'nearly', 'almost', 'the', 'a', 'of', 'some'):
                left = left[:-1]
            return ['how', 'many'] + right[:k], left, right[k:], f.text if r.random() < .8 else f.text + ' ' + ' '.join(right[:k])
        if kind.startswith('reason'):
            while left and left[-1].lower() in kind.split() + ['mainly', 'primarily', 'partly', 'largely', 'part', 'in', ',']:
                left = left[:-1]
            return r.choice([['why'], ['why'], ['why'], ['for', 'what', 'reason'], ['what', 'is', 'the', 'reason']]), left, [], f.text
        return self.wh_name(f, left, right, last)

    def wh_name(self, f, left, right, last):
        r, words = self.r, f.text.split()
        kind, group = self.kind_of(words)
        answer = f.text
        if right[:1] and right[0] in ("'s", '’s'):
            return (['whose'] if group in ('person', '') else ['which', 'one'][:1]), left, right[1:], f.text
        if last in ('the', 'a', 'an'):
            left, answer = left[:-1], (left[-1] + ' ' + f.text if r.random() < .3 else f.text)
            last = left[-1].lower() if left else ''
        noun = self.lex.noun(last) if left and left[-1].islower() and last not in STOP else None
        if noun and (last in self.kinds or noun == 'person'):       # 'the actor X': what the thing is stands before it
            left = left[:-1]
            while left and left[-1].islower() and (left[-1] in self.lex.adjectives or self.lex.noun(left[-1]) and left[-1] not in STOP) and r.random() < .8:
                left = left[:-1]
            if left and left[-1].lower() in C.DETERMINERS:
                left = left[:-1]
            return (['who'] if noun == 'person' and r.random() < .75 else [r.choice(['which', 'what']), last]), left, right, answer
        if group == 'person':
            wh = ['who']
        elif kind and r.random() < .6:
            wh = [r.choice(['which', 'what']), kind.split()[-1]]
        elif group == 'place' or kind in PLACES or last in ('in', 'at', 'near'):
            wh = ['where'] if last in ('in', 'at', 'near', 'from', 'to') else [r.choice(['what', 'which']), r.choice(['place', 'city', 'country', 'area'])]
        elif last == 'by' or len(words) == 2 and words[0] in self.firsts:
            wh = ['who']
        else:
            wh = ['what']
        if wh == ['where'] and last in ('in', 'at', 'near', 'to'):
            left = left[:-1]
        elif last in ('in', 'at', 'for', 'with', 'from', 'to', 'by', 'of', 'on', 'against') and wh[0] != 'where' and r.random() < .45:
            wh, left = [last] + (['whom'] if wh == ['who'] else wh), left[:-1]
        return wh, left, right, answer

    def refer(self, left, entity, pronouns, n):
        """Puts a mention of the article's entity in the place of a pronoun, or in front where a subject is missing."""
        r = self.r
        x, local = r.random(), False
        t = entity.title.split()
        if x < .4 or not t:
            mention = t
        elif x < .6:
            mention, local = [pronouns[0]], True
        elif x < .78 and entity.kind and entity.group != 'person':
            mention, local = ['the', entity.kind.split()[-1]], True
        else:
            mention = [entity.surname] if entity.surname else t
        first = left[0].lower() if left else ''
        if first in C.PRONOUNS:
            left = mention + left[1:]
        elif first in ('his', 'her', 'its', 'their'):
            left = (mention + ["'s"] if not local or mention[0] == 'the' else [pronouns[1]]) + left[1:]
        elif left and left[0].islower() and (first in C.BE | C.HAVE or self.finite(left[0], ['x'] + left, 1)):
            left = mention + left
        else:
            local = False
        out = []
        for w in left:
            low = w.lower()
            if low in ('his', 'her', 'its', 'their') and w.islower() and r.random() < .5 and mention is not None and not local:
                out += t + ["'s"] if out and out[:len(t)] != t else [w]
            else:
                out.append(w)
        if any(w in ('he', 'she', 'it', 'they', 'his', 'her', 'its') for w in out):
            local = True
        return out, local

    def order(self, wh, left, right, kind):
        """Question words first; the helping verb, if any, behind them; noise."""
        r = self.r
        if left and left[0] in ('The', 'A', 'An', 'This', 'In', 'On', 'At', 'After', 'During', 'As', 'By', 'Its', 'Their'):
            left = [left[0].lower()] + left[1:]
        if not left:
            words = wh + right
        else:
            rest, helper = list(left), []
            k = next((i for i, w in enumerate(rest) if w.lower() in C.BE | C.HAVE | {'can', 'could', 'will', 'would', 'may'}), None)
            v = next((i for i, w in enumerate(rest) if i and w.islower() and self.finite(w, rest, i)), None)
            if k is not None and k > 0:
                if r.random() < .85:
                    helper, rest = [rest[k].lower()], rest[:k] + rest[k + 1:]
            elif v is not None and r.random() < .85:
                lemma, tags = self.lex.verb(rest[v])
                verb = r.choice(SYNONYMS[lemma]) if lemma in SYNONYMS and r.random() < .35 else lemma
                helper = ['did' if 'D' in tags else 'does']
                rest[v:v + 1] = verb.split()
            words = wh + helper + rest + right
            if kind.startswith('reason') and wh[-1] == 'reason' and not helper:
                return None
        if r.random() < .4:
            words = self.noise(words, len(wh))
        while words and words[-1].lower() in ('and', 'or', ',', 'the', 'a', 'an', 'that', 'as'):
            words = words[:-1]
        return words

    def finite(self, word, words, i):
        form = self.lex.verb(word)
        if not form or not set(form[1]) & set('DZ') or words[i - 1].lower() in C.DETERMINERS | C.PREPOSITIONS:
            return False
        if 'D' in form[1] and 'N' in form[1] and (words[i - 1] == ',' or form[0] in C.TRANSITIVE and words[i + 1:i + 2] and words[i + 1] in C.PREPOSITIONS):
            return False
        return not (self.lex.noun(word) and self.lex.verb_share.get(form[0], 1) < (.5 if 'D' in form[1] else .7))

    def noise(self, words, fixed):
        """Some words left out or exchanged with their neighbours."""
        r, out = self.r, words[:fixed]
        for w in words[fixed:]:
            low = w.lower()
            if w[:1].isupper() or w[:1].isdigit() or w == "'s":
                out.append(w)
            elif r.random() > (.25 if low in ('the', 'a', 'an', ',') or low in C.ADVERBS else .08 if low in STOP else .12):
                out.append(w)
        if r.random() < .3 and len(out) > fixed + 4:
            cut = [i for i in range(fixed + 2, len(out) - 1) if out[i].lower() in C.PREPOSITIONS and out[i].islower()]
            if cut:                                          # a phrase moved away from the end, or dropped
                i = r.choice(cut)
                return out[:i]
        return out
