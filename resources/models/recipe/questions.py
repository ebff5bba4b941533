"""Questions about a sentence, made by rules from its clauses.

Kinds: wh-questions on subjects, objects, prepositional phrases, dates, numbers, agents and definitions, each
with the wh-word moved or left in place, with synonyms, shorter descriptions of the entity and dropped detail.
Answers are spans of the text; the answer to a question on 'he' or 'it' is the name of the article's entity.
"""
from dataclasses import dataclass

import clauses as C

SYNONYMS = {
    'found': ['establish', 'start', 'create', 'set up'], 'establish': ['found', 'set up', 'create'], 'form': ['create', 'start'],
    'locate': ['situate'], 'situate': ['locate'], 'release': ['issue', 'publish', 'put out'], 'write': ['author', 'pen'],
    'begin': ['start'], 'start': ['begin'], 'build': ['construct', 'erect'], 'construct': ['build', 'erect'],
    'receive': ['get', 'be given'], 'name': ['call', 'appoint'], 'buy': ['purchase', 'acquire'], 'acquire': ['buy', 'purchase'],
    'purchase': ['buy'], 'open': ['launch', 'inaugurate'], 'end': ['finish', 'conclude'], 'compose': ['write'],
    'produce': ['make'], 'create': ['make', 'invent', 'develop'], 'design': ['plan', 'draw up'], 'move': ['relocate', 'go'],
    'reside': ['live'], 'live': ['reside'], 'help': ['assist'], 'occur': ['happen', 'take place'], 'happen': ['occur'],
    'marry': ['wed'], 'appoint': ['name'], 'elect': ['choose', 'vote in'], 'lead': ['head'], 'contain': ['include', 'have'],
    'include': ['contain'], 'use': ['employ'], 'require': ['need'], 'destroy': ['ruin', 'wreck'], 'discover': ['find'],
    'defeat': ['beat'], 'kill': ['slay'], 'join': ['become a member of'], 'perform': ['appear', 'play'], 'attend': ['go to'],
    'host': ['hold'], 'hold': ['host', 'stage'], 'premiere': ['debut', 'be first shown'], 'consist': ['be made up'],
    'graduate': ['get a degree'], 'develop': ['create', 'make'], 'publish': ['bring out', 'issue', 'release'],
    'introduce': ['bring in', 'present'], 'earn': ['get', 'gain'], 'obtain': ['get'], 'operate': ['run'], 'run': ['operate', 'manage'],
    'own': ['have'], 'feature': ['include', 'have'], 'star': ['act', 'play'], 'serve': ['work', 'act'], 'retire': ['step down'],
    'award': ['give'], 'replace': ['take the place of'], 'describe': ['portray', 'characterise'], 'call': ['name'],
    'inhabit': ['populate'], 'represent': ['stand for'], 'remain': ['stay'], 'close': ['shut down'], 'abolish': ['end', 'do away with'],
    'record': ['make'], 'shoot': ['film'], 'film': ['shoot'], 'raise': ['bring up'], 'die': ['pass away'], 'study': ['learn'],
    'teach': ['instruct'], 'train': ['practise'], 'cover': ['span'], 'border': ['adjoin'], 'reach': ['get to']}
AGENTS = {'direct': 'director', 'write': 'writer', 'produce': 'producer', 'found': 'founder', 'design': 'designer', 'develop': 'developer',
          'publish': 'publisher', 'compose': 'composer', 'build': 'builder', 'create': 'creator', 'invent': 'inventor', 'own': 'owner',
          'discover': 'discoverer', 'edit': 'editor', 'host': 'host', 'sponsor': 'sponsor', 'operate': 'operator', 'conduct': 'conductor'}
PLACES = set('''country state province county city town village district region municipality island suburb continent republic
prefecture borough township territory department kingdom neighborhood capital municipality commune parish river'''.split())
STRANDED = {'for', 'with', 'from', 'to', 'as', 'about', 'against', 'under', 'of', 'into', 'after', 'by', 'on'}


@dataclass
class Question:
    text: str
    answer: str
    sentence: int
    local: bool = False       # asks with 'the town': only good while no other town is in the document
    kind: str = ''
    names: bool = True        # the entity's name is in the question


class Maker:
    """Makes questions for one article."""

    def __init__(self, lexicon, names, rng):
        self.lex, self.r = lexicon, rng
        self.table, self.firsts, self.kinds = names

    # names of things ---------------------------------------------------------------------------------------------
    def kind_of(self, words):
        """(kind, group) of a name by the gazetteer, by first names, or ('', '')."""
        name = C.join(words)
        name = name[4:] if name.lower().startswith('the ') and name not in self.table else name
        if name in self.table:
            return self.table[name]
        if words and words[0] in self.firsts and 2 <= len(words) <= 4 and all(C.is_proper(w) for w in words):
            return '', 'person'
        last = words[-1].lower() if words else ''
        if len(words) > 1 and C.is_proper(words[-1]) and last in self.kinds and self.lex.noun(last):
            return last, self.lex.noun(last)
        return '', ''

    def subject(self, clause, entity):
        """(words as the question has them, whether they name the entity, local) or None."""
        words = clause.subject
        text = C.join(words)
        low = words[0].lower()
        own = low in C.PRONOUNS and len(words) == 1 or text in (entity.title, entity.name) \
            or (entity.surname and text == entity.surname) or text == 'The ' + entity.title \
            or (low == 'the' and entity.kind and words[1:] == entity.kind.split()[-1:])
        if own:
            if not entity.title:
                return None
            if low == 'they' and entity.group == 'person':
                return None
            t = entity.title.split()
            x = self.r.random()
            if x < .2 and entity.kind and entity.group != 'person':
                return ['the'] + entity.kind.split(), True, True
            if x < .35 and entity.surname:
                return [entity.surname], True, False
            if x < .45 and text in (entity.title, entity.name) and len(words) <= 5:
                return list(words), True, False
            if t and entity.name.lower().startswith('the ') and not t[0].lower() == 'the':
                t = ['the'] + t
            return t, True, False
        if low in C.PRONOUNS or any(w.lower() in C.PRONOUNS | {'i', 'we', 'you'} for w in words):
            return None
        if low in {'his', 'her', 'its', 'their'}:
            if low == 'their' and entity.group == 'person':
                return None
            return entity.title.split() + ["'s"] + words[1:], False, False
        if low in C.DETERMINERS:
            words = [low] + words[1:]
        return list(words), False, low in {'the', 'this'} and not any(C.is_proper(w) for w in words[1:])

    # building -------------------------------------------------------------------------------------------------
    def detail(self, phrases, skip, loss=.4):
        """The other phrases of the clause, some of them left out."""
        out, drop = [], False
        for k, p in enumerate(phrases):
            if k in skip or p.kind == 'adverb':
                continue
            if p.kind == 'participle':
                drop = self.r.random() < .6 or any(s > k for s in skip)
            first_object = p.kind == 'object' and k == 0
            if drop or (not first_object and self.r.random() < loss) or (p.kind == 'object' and k > 0):
                drop = drop or p.kind == 'object' and k > 0
                continue
            words = self.resolve(p.words)
            if words is None:
                continue
            out += ([p.head] if p.kind == 'pp' else []) + words
        return out

    def resolve(self, words):
        """Phrase words with 'his', 'its' replaced by the entity; None when a pronoun cannot be resolved."""
        if any(w.lower() in {'him', 'them', 'it', 'he', 'she', 'they', 'herself', 'himself', 'itself'} for w in words):
            return None
        return list(words)

    def wh(self, words, head='', place=False):
        """Question words for a phrase: (wh words, answer words, keeps preposition) or None."""
        r = self.r
        when = C.is_date(words)
        if when:
            if head not in ('in', 'on', 'at', 'since', 'until', 'during', 'from', 'by', 'around', ''):
                return None
            if head in ('from', 'by'):
                return None
            if head in ('since', 'until'):
                return ([head, 'when'] if r.random() < .5 else [head, 'what', 'year' if when == 'year' else 'date']), words
            options = {'year': ['when', 'when', 'in what year', 'in which year', 'what year'], 'month': ['when', 'when', 'in what month'],
                       'date': ['when', 'when', 'on what date', 'on what day', 'what day'],
                       'span': ['when', 'in what period', 'in what decade' if words[-1].endswith('s') else 'in what century']}[when]
            answer = words[1:] if words[0].lower() == 'the' and when == 'year' else words
            return r.choice(options).split(), answer
        kind, group = self.kind_of(words)
        if group == 'person' and head != 'as':
            pick = [[head, 'whom'], None] if head and r.random() < .15 else [None]
            return (pick[0] if pick[0] else ['who']), words
        if head in ('in', 'at', 'near', 'on', 'from', 'to') and C.is_proper(words[0] if words[0].lower() != 'the' else words[-1]):
            if kind in PLACES or (group == 'place'):
                options = [['where'], ['where'], [head, r.choice(['which', 'what']), kind.split()[-1]]] if kind else [['where']]
                if head == 'from':
                    options = [['from', 'where'], ['from', 'what', kind or 'place']]
                return r.choice(options), words
            if head in ('in', 'at') and place:
                return ['where'], words
        number = words[0].lower() if words else ''
        if C.is_number(words[0]) and len(words) > 1 and not words[1].startswith(('%', 'percent')) and words[1].islower() and head == '':
            if self.lex.noun(words[1]) or self.lex.noun(words[-1]):
                return ['how', 'many'] + words[1:4 if len(words) < 5 else 2], words[:1]
            return None
        if number in ('$', '€', '£') or number.startswith(('$', '€', '£', 'US$')):
            return ['how', 'much'], words
        if len(words) > 1 and words[1] in ('%', 'percent'):
            return ['what', 'percentage'] + (words[2:] if r.random() < .7 else []), words[:2]
        if kind and r.random() < .5 and not C.is_number(words[0]):
            return [r.choice(['which', 'what'])] + kind.split()[-2:], words
        if group == '' and words and C.is_proper(words[0]) and head == 'by':
            return ['who'], words
        noun = words[-1].lower()
        if head == 'as':
            return ['what'], words
        if words[0].lower() in C.DETERMINERS and not C.is_proper(words[-1]) and self.lex.noun(noun) == 'person':
            return ['who' if r.random() < .6 else 'what'], words
        return ['what'], words

    def ask(self, wh, clause, subject, rest, stranded=''):
        """Word order of a question whose wh-phrase is not the subject."""
        r, lemma = self.r, clause.lemma
        tail = clause.particle + rest + ([stranded] if stranded else [])
        if clause.kind in ('copula',):
            return wh + clause.auxiliary[:1] + subject + tail
        if clause.kind in ('passive', 'auxiliary'):
            verb = clause.verb
            if r.random() < .25 and lemma in SYNONYMS and clause.kind == 'passive':
                new = r.choice([s for s in SYNONYMS[lemma] if not s.startswith('be')] or [lemma]).split()
                verb = ' '.join([self.lex.participle(new[0])] + new[1:])
            return wh + clause.auxiliary[:1] + subject + clause.auxiliary[1:] + [verb] + tail
        verb = lemma
        if r.random() < .25 and lemma in SYNONYMS:
            verb = r.choice(SYNONYMS[lemma])
        helper = 'did' if clause.kind == 'past' else ('does' if self.lex.verb(clause.verb) and 'Z' in self.lex.verb(clause.verb)[1] or clause.verb == 'has' else 'do')
        return wh + [helper] + subject + [verb] + tail

    def in_place(self, wh, clause, subject, before, after):
        """The statement with the wh-phrase where the answer stood."""
        verb = clause.auxiliary + ([clause.verb] if clause.verb else []) + clause.particle
        return subject + verb + before + wh + after

    def finish(self, words):
        """Capital letter and question mark; sometimes typed carelessly, as people do."""
        text = C.join(words)
        text = text[:1].upper() + text[1:] + '?'
        x = self.r.random()
        if x < .08:
            text = text.lower()
        elif x < .12:
            text = text.lower().rstrip('?')
        elif x < .15:
            text = text.rstrip('?')
        return text
