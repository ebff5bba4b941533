"""What each encyclopedic article is about: its title, kind ('village', 'footballer') and class (person, place, ...)."""
import re
from dataclasses import dataclass

from clauses import split_sentences, strip_brackets

COPULA = re.compile(r'\b(?:is|was|are|were) (?:(?:also|originally|formerly|currently|now) )?'
                    r'(?:(?:an?|the|one of the|the name of an?) )([^.;:]*)')
STOP = re.compile(r'\b(?:in|of|on|at|by|for|from|to|with|which|who|that|where|near|directed|written|released|located|based|'
                  r'situated|known|produced|published|created|developed|founded|formed|held|played|recorded|starring|'
                  r'featuring|built|set|designed|owned|used|between|under|about|consisting|who|as|since|currently|whose|'
                  r'best|during|operated|licensed|awarded|specialising|specializing|sporting|given|made|serving|hosted|established|composed|broadcast|owned)\b|,')


@dataclass
class Entity:
    title: str                # as asked for: without a bracketed note
    name: str                 # as the first sentence has it
    kind: str                 # head noun, '' when unknown
    modifiers: str            # words before the head noun, e.g. 'American country music'
    group: str                # coarse class: person, place, group, message, ...
    past: bool                # 'was' in the first sentence

    @property
    def surname(self):
        return self.title.split()[-1] if self.group == 'person' and len(self.title.split()) in (2, 3) else ''


def read_entity(title, body, lexicon):
    """The entity of an article from its title line and text."""
    plain = re.sub(r'\s*\([^()]*\)', '', title).strip()
    first = strip_brackets(split_sentences(body)[0]) if body else ''
    m = COPULA.search(first)
    if not m or m.start() > 120:
        return Entity(plain, plain, '', '', '', False)
    phrase = m.group(1)
    cut = STOP.search(phrase)
    words = (phrase[:cut.start()] if cut else phrase).split()
    while words and not (words[-1].islower() and words[-1].isalpha() and (
            lexicon.noun(words[-1]) or words[-1].endswith(('er', 'or', 'ist', 'ian')))):
        words = words[:-1]
    name = first[:m.start()].split(',')[0].strip()
    if not words or len(words) > 9:
        return Entity(plain, name, '', '', '', False)
    kind = lexicon.singular(words[-1]) if 'one of the' in m.group(0) else words[-1]
    group = lexicon.noun(kind) or ''
    if not group and kind.endswith(('er', 'or', 'ist', 'man', 'woman', 'ian')):
        group = 'person'
    born = re.search(r'\((?:[^()]*; )?(?:born|[^()]*\d{4} ?[-–] ?[^()]*\d{4})', body[:300])
    if born and group not in ('group', 'place', 'message', 'event', 'act', 'artifact'):
        group = 'person'
    if group == 'person' and re.search(r'\b(?:film|song|album|series|book|novel|band|team|station|club)$', kind):
        group = 'thing'
    return Entity(plain, name or plain, kind, ' '.join(words[:-1]), group, m.group(0).startswith('w'))


def gazetteer(entities):
    """Title -> (kind, group) for titles that name one thing only; first names of persons; kinds often met."""
    table, firsts, twice, kinds = {}, {}, set(), {}
    for e in entities:
        if not e.kind or len(e.title) < 3:
            continue
        if e.title in table and table[e.title][0] != e.kind:
            twice.add(e.title)
        table[e.title] = (e.kind, e.group)
        kinds[e.kind.split()[-1]] = kinds.get(e.kind.split()[-1], 0) + 1
        if e.group == 'person' and len(e.title.split()) > 1:
            f = e.title.split()[0]
            firsts[f] = firsts.get(f, 0) + 1
    for t in twice:
        del table[t]
    return table, {f for f, n in firsts.items() if n >= 3}, {k for k, n in kinds.items() if n >= 4}
