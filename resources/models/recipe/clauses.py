"""Shallow reading of encyclopedic sentences: words, clauses, phrases.

Not a parser: it takes only sentences whose main clause it can find with confidence
(subject, verb group, rest) and gives up on all others, because a wrong question teaches worse than none.
"""
import re
from dataclasses import dataclass, field

ABBREVIATIONS = {'St', 'Mr', 'Mrs', 'Ms', 'Dr', 'Jr', 'Sr', 'Inc', 'Co', 'Ltd', 'Corp', 'No', 'vs', 'U.S', 'Lt', 'Col',
                 'Gen', 'Capt', 'Sgt', 'Rev', 'Prof', 'Mt', 'Ft', 'ca', 'c', 'approx', 'Gov', 'Sen', 'Rep', 'Hon', 'Bros',
                 'i.e', 'e.g', 'etc', 'al', 'Op', 'Vol', 'pp', 'D.C', 'U.K', 'Jan', 'Feb', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'}
MONTHS = ('January February March April May June July August September October November December').split()
BE = {'is', 'are', 'was', 'were'}
HAVE = {'has', 'have', 'had'}
MODAL = {'can', 'could', 'will', 'would', 'may', 'might', 'must', 'should', 'did', 'does', 'do'}
PREPOSITIONS = set('''in on at by for with from to as of into about against during under over between near through across
after before since until within without along around towards toward among behind beyond above below via despite like
throughout following off onto upon alongside outside inside including per'''.split())
DETERMINERS = set('the a an this that these those his her its their our my your each every some any no both all several many most'.split())
PRONOUNS = {'he', 'she', 'it', 'they'}
BREAKS = set('which who whom whose where when while although though because but whereas if unless so that whilst'.split())
ADVERBS = set('''also originally initially currently previously formerly officially primarily mainly first later then still now
often usually generally commonly sometimes never always only not once twice subsequently eventually finally recently
widely largely mostly partly typically best well especially actually already again soon immediately famously jointly
traditionally historically briefly additionally predominantly locally nearly almost ever just perhaps probably'''.split())
WORD = re.compile(r'''\d{1,3}(?:,\d{3})+(?:\.\d+)?|[A-Za-zÀ-žͰ-ϿЀ-ӿ0-9$€£%&'’./+–\-]+|[^\s]''')


def split_sentences(text):
    """Sentences of a paragraph, abbreviations and initials respected."""
    out, start = [], 0
    for m in re.finditer(r'[.!?]["”)]?\s+(?=["“(]?[A-Z0-9])|\n+', text):
        word = re.search(r'(\S*)$', text[start:m.start()]).group(1).strip('("“')
        if text[m.start()] == '.' and (word in ABBREVIATIONS or re.fullmatch(r'(?:[A-Z]\.)*[A-Z]', word)):
            continue
        out.append(text[start:m.end()].strip())
        start = m.end()
    out.append(text[start:].strip())
    return [s for s in out if s]


def strip_brackets(s):
    """The sentence without what stands in brackets."""
    for _ in range(3):
        s = re.sub(r'\s*\([^()]*\)|\s*\[[^\[\]]*\]', '', s)
    return re.sub(r'\s+([,.;:])', r'\1', s)


def words_of(sentence):
    """Words and punctuation marks; a closing full stop is left out."""
    s = sentence.rstrip()
    s = re.sub(r'[.!?]["”]?$', '', s)
    out = []
    for w in WORD.findall(s):
        while len(w) > 1 and w[-1] in ".'’/-–" and not re.fullmatch(r'(?:[A-Z]\.)+|[A-Z][a-z]{0,3}\.|[A-Za-z]+s[\'’]', w):
            w = w[:-1]
        m = re.fullmatch(r"(.+?)(['’]s)", w)
        out += [m.group(1), m.group(2)] if m else [w]
    return out


def join(words):
    """Words to text again."""
    s = ' '.join(words)
    s = re.sub(r" ([,.;:!?)\]%])", r'\1', s)
    s = re.sub(r" (['’]s\b)", r'\1', s)
    s = re.sub(r'([(\[$€£]) ', r'\1', s)
    return re.sub(r'" ([^"]*?) ?"', r'"\1"', s).strip()


@dataclass
class Phrase:
    """A piece of the rest of a clause: preposition (or '' for an object, or a participle) and its words."""
    head: str
    words: list
    kind: str = 'pp'          # 'object', 'pp', 'participle', 'adverb', 'break'


@dataclass
class Clause:
    subject: list
    auxiliary: list           # e.g. ['was'] or ['has', 'been'] or []
    verb: str                 # main verb form, '' for a copula
    lemma: str
    kind: str                 # 'copula', 'passive', 'past', 'present', 'auxiliary'
    phrases: list
    lead: list = field(default_factory=list)
    tail: list = field(default_factory=list)
    particle: list = field(default_factory=list)


def is_proper(word):
    return word[:1].isupper()


def is_date(words):
    """'date', 'year', 'month', 'span' of a temporal noun phrase, or None."""
    t = ' '.join(w for w in words if w != ',')
    if re.fullmatch(r'(?:the )?(?:early |late |mid-?)?(?:1\d{3}|20[0-3]\d)', t):
        return 'year'
    if re.fullmatch(r'\d{1,2} (?:%s) \d{4}|(?:%s) \d{1,2} \d{4}|(?:%s) \d{1,2}|\d{1,2} (?:%s)' % (('|'.join(MONTHS),) * 4), t):
        return 'date'
    if re.fullmatch(r'(?:(?:early|late) )?(?:%s) \d{4}' % '|'.join(MONTHS), t):
        return 'month'
    if re.fullmatch(r'the (?:early |late |mid-?)?(?:\d{4}s|\d{1,2}(?:st|nd|rd|th) century)', t):
        return 'span'
    return None


TRANSITIVE = set('''locate situate base hold name found establish build bear produce direct publish release create make give
call use know describe write construct design develop form record film shoot title headquarter own set broadcast stage award
add find select elect appoint consider bury complete license'''.split())
PARTICLES = {'up', 'down', 'out', 'off', 'away', 'back', 'together', 'apart'}
NUMBERS = set('two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen twenty thirty forty fifty hundred thousand million billion'.split())


def is_number(word):
    return bool(re.fullmatch(r'\d[\d,.]*', word)) or word.lower() in NUMBERS


def phrases_of(words, lexicon):
    """Cuts the rest of a clause into phrases, and stops at the first clause break."""
    out, i, n = [], 0, len(words)
    while i < n:
        w = words[i]
        low = w.lower()
        if w in ';:' or low in BREAKS or w in '–—':
            out.append(Phrase(w, words[i:], 'break'))
            break
        if w == ',' or (low in ('and', 'or', 'but') and (not out or starts_clause(words[i + 1:], lexicon))):
            out.append(Phrase(w, words[i:], 'break'))
            break
        if low in ADVERBS or (low.endswith('ly') and low not in lexicon.nouns and w.islower()):
            out.append(Phrase('', [w], 'adverb'))
            i += 1
            continue
        head, kind = '', 'object'
        if low in PREPOSITIONS and w.islower():
            following = lexicon.verb(words[i + 1]) if i + 1 < n else None
            if low in ('over', 'about', 'around', 'under') and i + 1 < n and is_number(words[i + 1]) and not is_date(words[i + 1:i + 2]):
                j = noun_phrase_end(words, i + 1, lexicon)
                out.append(Phrase('', words[i + 1:j], 'object' if not out else 'adverb'))
                i = j
                continue
            if low == 'to' and following and 'B' in following[1] and lexicon.verb_share.get(following[0], 1) > .4:
                out.append(Phrase(w, words[i:], 'break'))
                break
            head, kind = low, 'pp'
            i += 1
        else:
            form = lexicon.verb(low) if w.islower() else None
            if form and i and low not in DETERMINERS and ('N' in form[1] or 'G' in form[1]) and takes_participle(words, i, lexicon):
                out.append(Phrase(low, [w], 'participle'))
                i += 1
                continue
        j = noun_phrase_end(words, i, lexicon)
        if j == i:
            if i < n and words[i] in ',;:':
                continue
            j = i + 1
        out.append(Phrase(head, words[i:j], kind))
        i = j
    return out


def starts_clause(words, lexicon):
    """Whether these words (after and/or) begin a new verb phrase or clause."""
    for w in words[:2]:
        low = w.lower()
        if low in BE | HAVE | MODAL | PRONOUNS | {'there'}:
            return True
        form = lexicon.verb(low) if w.islower() else None
        if form and set(form[1]) & set('DNZ') and not lexicon.noun(low):
            return True
        if low not in ADVERBS:
            break
    for k, w in enumerate(words[1:6]):
        if w.lower() in BE | HAVE and w.islower():
            return True
        if w in ',;':
            break
    return False


def takes_participle(words, i, lexicon):
    """A participle that modifies what stands before it ('a film directed by ...')."""
    after = words[i + 1].lower() if i + 1 < len(words) else ''
    before = words[i - 1].lower()
    return (after in PREPOSITIONS or after in DETERMINERS or after in ADVERBS or after[:1].isdigit()) and before not in DETERMINERS


def noun_phrase_end(words, i, lexicon):
    """End of the noun phrase that begins at i; 'of' phrases and lists of names belong to it."""
    n, j = len(words), i
    while j < n:
        w = words[j]
        low = w.lower()
        if w in ';:–—()' or (low in BREAKS and w.islower()):
            break
        if w == ',':
            if j + 2 < n and j > i and is_date(words[i:j] + words[j + 1:j + 2]) and words[j + 1].isdigit():
                j += 2
                continue
            if j + 1 < n and j > i and is_proper(words[j + 1]) and is_proper(words[j - 1]) and not words[j - 1].isdigit():
                j += 1
                continue
            break
        if j > i and w.islower():
            if low == 'of' or w in ("'s", '’s', '&'):
                j += 1
                continue
            if low in PREPOSITIONS or low in BE | HAVE | MODAL or low in PRONOUNS:
                break
            if low in ('and', 'or'):
                if starts_clause(words[j + 1:], lexicon) or j + 1 >= n or words[j + 1].lower() in PREPOSITIONS:
                    break
                j += 1
                continue
            if low in ADVERBS and words[j - 1].lower() not in DETERMINERS:
                break
            form = lexicon.verb(low)
            if form and set(form[1]) & set('DNG') and takes_participle(words, j, lexicon) and words[j - 1].lower() not in DETERMINERS:
                break
            if low == 'to':
                break
        j += 1
    while j > i and words[j - 1] in (',', 'and', 'or', 'of', '&'):
        j -= 1
    return j


def main_verb(words, lexicon):
    """Index of the main verb group after a plain subject, or None."""
    for i in range(1, min(len(words), 14)):
        w = words[i]
        low = w.lower()
        if not w.islower():
            continue
        if low in BE | HAVE | {'can', 'could', 'will', 'would', 'may', 'did', 'does'}:
            return i
        if low in PREPOSITIONS or low in DETERMINERS or low in BREAKS:
            continue
        form = lexicon.verb(low)
        if not form or words[i - 1].lower() in DETERMINERS | {'of', 'to', 'and', 'or', 'in', 'for'}:
            continue
        after = words[i + 1].lower() if i + 1 < len(words) else ''
        if 'D' in form[1] and after != 'by':
            noun = lexicon.noun(low)
            if noun and lexicon.verb_share.get(form[0], 1) < .4:
                continue
            if 'N' in form[1] and after in PREPOSITIONS and (form[0] in TRANSITIVE or words[i - 1] == ',' or
                                                             any(x.lower() in BE | HAVE for x in words[i + 1:i + 9])):
                continue
            return i
        if 'B' in form[1] and lexicon.verb_share.get(form[0], 1) > .5 and (words[i - 1].endswith('s') or words[i - 1] == 'They') \
                and (after in PREPOSITIONS or after in DETERMINERS):
            return i
        if 'Z' in form[1] and (lexicon.verb_share.get(form[0], 1) > .5 or words[i - 1].lower() in PRONOUNS
                               or after in DETERMINERS | {'as', 'for'}):
            if is_proper(words[i - 1]) or words[i - 1].lower() in PRONOUNS or i > 1:
                return i
    return None


def read_clause(sentence, lexicon):
    """The main clause of a sentence, or None when unsure."""
    words = words_of(strip_brackets(sentence))
    if not 5 <= len(words) <= 60 or any(w in '()[]"“”' for w in words):
        return None
    lead = []
    first = words[0].lower()
    if first in PREPOSITIONS or first in ADVERBS:
        if ',' in words[:12]:
            k = words.index(',')
            if k + 2 < len(words) and is_date(words[1:k] + words[k + 1:k + 2]) and words[k + 2:k + 3] == [',']:
                k += 2
            lead, words = words[:k], words[k + 1:]
        elif first == 'in' and len(words) > 3 and re.fullmatch(r'\d{4}', words[1]):
            lead, words = words[:2], words[2:]
        else:
            return None
    if len(words) < 3 or words[0].lower() in BREAKS | PREPOSITIONS | {'there', 'and', 'this', 'these', 'some', 'one'}:
        return None
    v = main_verb(words, lexicon)
    if not v:
        return None
    subject = words[:v]
    while len(subject) > 1 and (subject[-1].lower() in ADVERBS or (subject[-1].islower() and subject[-1].endswith('ly'))):
        subject = subject[:-1]
    if ',' in subject:
        commas = [i for i, w in enumerate(subject) if w == ',']
        if commas[-1] == len(subject) - 1 and 1 < len(commas) <= 3 and commas[0] <= 6:
            subject = subject[:commas[0]]
        else:
            return None
    if not subject or subject[-1].lower() in {'and', 'or', 'of', 'to', 'then'} or len(subject) > 9 or any(w.lower() in BREAKS or w in ';:' for w in subject):
        return None
    return build_clause(subject, words[v:], lead, lexicon)


def following_clauses(clause, lexicon):
    """Clauses in the tail that share the subject ('and was ...', 'who played ...', 'directed by ...')."""
    words = clause.tail
    if not words or clause.subject[0].lower() in PRONOUNS and len(words) < 3:
        return []
    k = 0
    while k < len(words) and (words[k] in ',;' or words[k].lower() in {'and', 'but', 'then'}):
        k += 1
    if k >= len(words) - 2:
        return []
    low = words[k].lower()
    if low in {'who', 'which', 'that'} and clause.kind == 'copula' and k + 1 < len(words):
        if low == 'which' and words[0] == ',':
            return []
        k += 1
        low = words[k].lower()
    elif low in BREAKS:
        return []
    while k < len(words) - 2 and words[k].lower() in ADVERBS:
        k += 1
        low = words[k].lower()
    form = lexicon.verb(low) if words[k].islower() else None
    if form and 'N' in form[1] and words[k - 1] == ',' and words[k + 1].lower() in PREPOSITIONS and clause.kind in ('copula', 'passive'):
        phrases = phrases_of(words[k + 1:], lexicon)
        tail = phrases.pop().words if phrases and phrases[-1].kind == 'break' else []
        nxt = Clause(clause.subject, ['is' if low in ('located', 'situated', 'based', 'known') else 'was'], low, form[0], 'passive', phrases, [], tail)
        return [nxt] + following_clauses(nxt, lexicon)
    if low in BE | HAVE or (form and set(form[1]) & set('DZ') and (not lexicon.noun(low) or words[k - 1].lower() in {'who', 'that'})
                            and words[k + 1].lower() != 'by' and not (form[0] in TRANSITIVE and words[k + 1].lower() in PREPOSITIONS)):
        nxt = build_clause(clause.subject, words[k:], [], lexicon)
        return [nxt] + following_clauses(nxt, lexicon) if nxt else []
    if words[k][:1].isupper() or low in PRONOUNS | DETERMINERS:
        nxt = read_clause(' '.join(words[k:]), lexicon)
        return [nxt] + following_clauses(nxt, lexicon) if nxt else []
    return []


def build_clause(subject, words, lead, lexicon):
    """Splits the verb group from what follows."""
    if len(words) < 2:
        return None
    aux, i = [], 0
    adverbs = []
    low = words[0].lower()
    kind, verb, lemma = None, '', ''
    if low in BE | HAVE | {'can', 'could', 'will', 'would', 'may', 'did', 'does'}:
        while i < len(words) and (words[i].lower() in BE | HAVE | MODAL | {'be', 'been', 'being', 'have'} or words[i].lower() in ADVERBS
                                  or (words[i].islower() and words[i].endswith('ly'))):
            if words[i].lower() == 'not' or words[i].lower() == 'never':
                return None
            (adverbs if words[i].lower() in ADVERBS or words[i].endswith('ly') else aux).append(words[i].lower())
            i += 1
        if i >= len(words) or words[i] == 'since':
            return None
        w = words[i].lower()
        form = lexicon.verb(w) if words[i].islower() else None
        be = aux[-1] in BE | {'been', 'be', 'being'}
        if form and be and 'N' in form[1] and not (i + 1 < len(words) and lexicon.noun(words[i + 1].lower()) and words[i + 1].islower()
                                                   and words[i + 1].lower() not in PREPOSITIONS | ADVERBS):
            kind, verb, lemma = 'passive', w, form[0]
            i += 1
        elif form and be and 'G' in form[1]:
            kind, verb, lemma = 'auxiliary', w, form[0]
            i += 1
        elif be and len(aux) == 1:
            kind, lemma = 'copula', 'be'
        elif len(aux) == 1 and aux[0] in HAVE and not (form and 'N' in form[1] and words[i].islower()):
            kind, verb, lemma, aux = ('past' if aux[0] == 'had' else 'present'), aux[0], 'have', []
        elif form and not be:
            kind, verb, lemma = 'auxiliary', w, form[0]
            i += 1
        else:
            return None
    else:
        form = lexicon.verb(low)
        kind, verb, lemma, i = ('past' if 'D' in form[1] else 'present'), low, form[0], 1
    particle = []
    if kind != 'copula' and i < len(words) and words[i] in PARTICLES:
        particle, i = [words[i]], i + 1
    while i < len(words) and words[i].lower() in ADVERBS:
        i += 1
    rest = phrases_of(words[i:], lexicon)
    tail = rest.pop().words if rest and rest[-1].kind == 'break' else []
    return Clause(subject, aux, verb, lemma, kind, rest, lead, tail, particle)
