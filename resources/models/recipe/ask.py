"""Which questions are asked about a clause (see questions.py for how they are worded)."""
import re

import clauses as C
from questions import AGENTS, PLACES, STRANDED, Maker, Question

DIMENSIONS = {'length': 'long', 'height': 'high', 'width': 'wide', 'depth': 'deep', 'area': 'large', 'weight': 'heavy',
              'elevation': 'high', 'capacity': 'big', 'diameter': 'wide'}


class Asker(Maker):
    def article(self, sentences, entity):
        """All questions about an article's sentences."""
        out = []
        for n, sentence in enumerate(sentences):
            try:
                made = self.sentence(sentence, entity, n)
            except IndexError:      # a sentence of a form not foreseen is passed over
                continue
            for q in made:
                q.sentence = n
                if self.good(q, sentence, entity):
                    out.append(q)
        return out

    def sentence(self, sentence, entity, n):
        clause = C.read_clause(sentence, self.lex)
        todo = [clause] + C.following_clauses(clause, self.lex) if clause else []
        return [q for c in todo for q in self.clause(c, entity)] + list(self.facts(sentence, entity, n))

    def good(self, q, sentence, entity):
        """Whether a question is fit to be used."""
        a, t = q.answer, q.text.lower()
        if not a or len(a.split()) > 14 or len(t.split()) < 3 or len(t.split()) > 32:
            return False
        if a not in sentence and a not in (entity.title, entity.name):
            return False
        if a.lower() in t or re.search(r"\b(he|she|him|them|himself|herself|itself|i|we)\b", t):
            return False
        if re.search(r'^(?:it|its|his|her|their|he|she|this|these|that|those|such|which|there|and)\b', a.lower()) or a[-1] in ',;(':
            return False
        form = self.lex.verb(a.lower().split()[0])
        if form and form[1] == 'G' and q.kind.startswith('phrase'):
            return False
        if t.count('which') > 1 or t.count(' what') > 1 or '_' in t:
            return False
        if q.kind != 'lead' and a.lower().split()[0] in C.PREPOSITIONS | {'or', 'be', 'not', 'also', 'only', 'such', 'as'}:
            return False
        if a.lower() in C.DETERMINERS | C.PREPOSITIONS | C.ADVERBS or (a.count('"') % 2):
            return False
        return True

    def clause(self, c, entity):
        named = self.subject(c, entity)
        if named is None:
            return
        subject, own, local = named
        if c.kind in ('past', 'present') and c.lemma in C.TRANSITIVE and not any(p.kind == 'object' for p in c.phrases):
            return
        yield from self.about_subject(c, entity, own, local)
        for k, p in enumerate(c.phrases):
            if p.kind == 'object' and (k == 0 or c.phrases[k - 1].kind == 'adverb'):
                yield from self.about_object(c, k, subject, local, own and entity.group == 'person')
            elif p.kind == 'pp' and p.words:
                yield from self.about_phrase(c, k, subject, local)
            elif p.kind == 'participle' and c.kind == 'copula' and k and k + 1 < len(c.phrases):
                sub = self.participle_clause(c, k, entity)
                if sub:
                    yield from self.participles(sub, subject, local)
        if c.lead and c.lead[0].lower() in ('in', 'on', 'at', 'since', 'during', 'after', 'before', 'from', 'until') and c.kind != 'copula':
            yield from self.about_lead(c, subject, local)

    def make(self, words, answer, kind, local=False):
        text = self.finish(words)
        return Question(text, C.join(answer), 0, local, kind)

    def about_subject(self, c, entity, own, local):
        """Who or what does it: the answer is the subject."""
        r = self.r
        rest = self.detail(c.phrases, set())
        if c.kind == 'copula':
            first = c.phrases[0] if c.phrases else None
            definite = first and first.words[:1] and first.words[0].lower() in ('the', 'one') and len(first.words) > 2
            if not definite and not (own and len(rest) > 5):
                return
        if len(rest) < 2 and not (rest and C.is_proper(rest[0])):
            return
        if own:
            answer = entity.title.split() if entity.title in entity.name or r.random() < .5 else entity.name.split()
            kind, group = entity.kind, entity.group
        else:
            answer = c.subject if c.subject[0] != 'The' else ['the'] + c.subject[1:]
            kind, group = self.kind_of(c.subject)
            if c.subject[0].lower() in ('his', 'her', 'its', 'their'):
                return
            if c.subject[0] == 'The' and len(c.subject) <= 3 and not any(C.is_proper(w) for w in c.subject[1:]):
                return
            answer = c.subject
        wh = ['who'] if group == 'person' else ['what']
        if kind and r.random() < .55:
            wh = [r.choice(['which', 'what'])] + kind.split()[-1:]
        elif not group and C.is_proper(answer[-1]) and r.random() < .5:
            wh = ['who'] if c.lemma in ('win', 'say', 'write', 'direct', 'defeat', 'marry', 'play') else ['what']
        if own and r.random() < .4:
            return
        verb = c.auxiliary + ([c.verb] if c.verb else []) + c.particle
        yield self.make(wh + verb + rest, answer, 'subject', local=any(w.lower() == 'the' for w in rest[:1]) and not any(C.is_proper(w) or w[0].isdigit() for w in rest))

    def about_object(self, c, k, subject, local, own):
        words = c.phrases[k].words
        r = self.r
        if c.kind == 'copula':
            nxt = c.phrases[k + 1] if k + 1 < len(c.phrases) else None
            tail = [nxt.head] + nxt.words if nxt and nxt.kind == 'pp' and not C.is_date(nxt.words) else []
            noun = words[-1].lower()
            person = self.lex.noun(noun) == 'person' or noun.endswith(('er', 'ist', 'or', 'ian'))
            if len(words) > 1 and words[0].lower() in ('a', 'an', 'the', 'one'):
                answer = words + tail if r.random() < .4 else words
                wh = ['who'] if person and r.random() < .85 else ['what']
                yield self.make(wh + c.auxiliary[:1] + subject, answer, 'definition', local)
                if person and own and words[0].lower() in ('a', 'an') and noun in self.lex.nouns:
                    yield self.occupation(c, words, subject, local)
                elif len(words) > 2 and r.random() < .4 and words[0].lower() in ('a', 'an') and noun in self.kinds:
                    yield self.make(['what', r.choice(['kind', 'type', 'sort']), 'of', noun] + c.auxiliary[:1] + subject, words[1:], 'type', local)
            elif C.is_number(words[0]) or C.is_proper(words[0]):
                w = self.wh(words)
                if w and C.is_proper(words[0]):
                    yield self.make(w[0] + c.auxiliary[:1] + subject, w[1], 'definition', local)
            return
        if not (words[0].lower() in C.DETERMINERS or C.is_proper(words[0]) or C.is_number(words[0]) or self.lex.noun(words[-1])):
            return
        if c.kind == 'passive' and C.is_number(words[0]) or words[0].lower() in C.PREPOSITIONS | {'there', 'that', 'then'}:
            return
        w = self.wh(words)
        if not w or c.lemma in ('take', 'become', 'grow') and len(words) < 2:
            return
        wh, answer = w
        rest = self.detail(c.phrases, {k})
        if c.kind == 'passive' and k == 0 and c.lemma not in ('name', 'call', 'award', 'give', 'title', 'elect', 'appoint', 'dub', 'nickname', 'rename', 'know'):
            return
        if r.random() < .12 and wh[0] != 'when':
            yield self.make(self.in_place(wh, c, subject, [], rest), answer, 'in-place', local)
        else:
            yield self.make(self.ask(wh, c, subject, rest), answer, 'object', local)

    def occupation(self, c, words, subject, local):
        be = c.auxiliary[0]
        past = be == 'was'
        forms = [['what', be] + subject + ["'s", r] for r in ('profession', 'occupation', 'job')]
        forms += [['what', 'did' if past else 'does'] + subject + ['do', 'for', 'a', 'living'], ['what', 'did' if past else 'does'] + subject + ['do'],
                  ['what', 'is', 'the', 'occupation', 'of'] + subject]
        rest = words[1:]
        land = next((n for n, w in enumerate(rest) if not C.is_proper(w)), 0)
        if 0 < land < 3 and not any(ch in w for w in rest[:land] for ch in "-.'") and self.r.random() < .35:
            q = self.r.choice([['what', be] + subject + ["'s", 'nationality'], ['what', 'nationality', be] + subject])
            return self.make(q, rest[:land], 'nationality', local)
        while len(rest) > 1 and (C.is_proper(rest[0]) or rest[0] in ('former', 'retired', 'professional', 'late')) and self.r.random() < .7:
            rest = rest[1:]
        return self.make(self.r.choice(forms), rest, 'occupation', local)

    def about_phrase(self, c, k, subject, local):
        p, r = c.phrases[k], self.r
        if p.head == 'by' and c.kind == 'passive':
            yield from self.agent(c, k, subject, local)
            return
        w = self.wh(p.words, p.head, place=c.lemma in ('locate', 'situate', 'base', 'bear', 'hold', 'live', 'die', 'headquarter', 'release', 'play', 'bury'))
        if not w:
            return
        wh, answer = w
        rest = self.detail(c.phrases, {k}, .55)
        fronted = wh[0] in C.PREPOSITIONS or wh[0] in ('when', 'where') or wh[:2] in (['what', 'year'], ['what', 'day'])
        stranded = ''
        if not fronted:
            if p.head not in STRANDED | {'in', 'at'} or (p.head in ('in', 'at') and wh == ['what']):
                return
            rest = self.detail(c.phrases, {k}, .85)
            if wh[0] in ('which', 'what') and len(wh) > 1 and r.random() < .5:
                wh = [p.head] + wh
            else:
                stranded = p.head
        if c.kind == 'copula':
            if wh[0] in ('where', p.head) and wh[0] != 'when' and p.head in ('in', 'at', 'near', 'on') and wh[-1] not in ('when', 'year', 'date'):
                if not (wh[:2] in (['in', 'what'], ['in', 'which']) and wh[-1] not in PLACES):
                    yield self.make(wh + c.auxiliary[:1] + subject + ([r.choice(['located', 'situated'])] if r.random() < .3 else []), answer, 'copula-where', local)
                    yield from self.components(c, p, subject, local)
            return
        if r.random() < .12:
            front = wh if fronted and wh[0] in C.PREPOSITIONS else ([] if wh[0] in ('when', 'where') else [p.head]) + wh
            if wh[:2] not in (['what', 'year'], ['what', 'day']):
                yield self.make(self.in_place(front, c, subject, rest, []), answer, 'in-place', local)
                return
        yield self.make(self.ask(wh, c, subject, rest, stranded), answer, 'phrase-' + (wh[0] if fronted else p.head), local)
        if wh in (['where'], ['when']) or p.head != 'in' or not C.is_proper(p.words[-1]):
            yield from self.components(c, p, subject, local)

    def components(self, c, p, subject, local):
        """'in Aitkin County, Minnesota, United States': in which state, in which country."""
        if ',' not in p.words:
            return
        parts = [x.strip() for x in C.join(p.words).split(',')]
        for part in parts:
            kind, _ = self.kind_of(part.split())
            if kind in PLACES and self.r.random() < .6:
                wh = [p.head, self.r.choice(['which', 'what']), kind]
                yield self.make(self.ask(wh, c, subject, []), part.split(), 'component', local)

    def agent(self, c, k, subject, local):
        """The one by whom a thing was done."""
        r = self.r
        words = c.phrases[k].words
        if C.is_number(words[0]) or words[-1].lower().endswith('ing'):
            return
        kind, group = self.kind_of(words)
        who = 'who' if group in ('person', '') and C.is_proper(words[-1]) else ('who' if group in ('person', 'group') else 'what')
        wh = [r.choice(['which', 'what']), kind.split()[-1]] if kind and r.random() < .3 else [who]
        rest = self.detail(c.phrases, {k})
        x = r.random()
        if x < .45:
            verb = self.lex.past(c.lemma)
            if r.random() < .25:
                from questions import SYNONYMS
                new = [s for s in SYNONYMS.get(c.lemma, []) if ' ' not in s]
                verb = self.lex.past(r.choice(new)) if new else verb
            yield self.make(wh + [verb] + subject + rest, words, 'agent', local)
        elif x < .6 and c.lemma in AGENTS:
            noun = AGENTS[c.lemma]
            be = r.choice(['is', 'was'])
            q = wh[:1] + [be] + (['the', noun, 'of'] + subject if r.random() < .6 else subject + ["'s", noun])
            yield self.make(q if wh[0] in ('who', 'what') else ['who'] + q[1:], words, 'agent', local)
        elif x < .9:
            yield self.make(self.ask(wh, c, subject, rest, 'by'), words, 'agent', local)
        else:
            yield self.make(['by', 'whom' if wh == ['who'] else 'what'] + c.auxiliary[:1] + subject + c.auxiliary[1:] + [c.verb] + rest, words, 'agent', local)

    def participle_clause(self, c, k, entity):
        """'a film directed by X' as a clause of its own."""
        form = self.lex.verb(c.phrases[k].head)
        if 'N' not in form[1]:
            return None
        end = k + 1
        while end < len(c.phrases) and c.phrases[end].kind != 'participle':
            end += 1
        be = c.auxiliary[0]
        if be == 'is' and form[0] in ('direct', 'write', 'produce', 'found', 'build', 'release', 'create', 'develop', 'form', 'establish',
                                      'compose', 'record', 'publish', 'design', 'hold', 'construct', 'launch'):
            be = 'was'
        return C.Clause(c.subject, [be], c.phrases[k].head, form[0], 'passive', c.phrases[k + 1:end])

    def participles(self, sub, subject, local):
        for k, p in enumerate(sub.phrases):
            if p.kind == 'pp' and p.words:
                yield from self.about_phrase(sub, k, subject, local)

    def about_lead(self, c, subject, local):
        head, words = c.lead[0].lower(), c.lead[1:]
        when = C.is_date(words)
        rest = self.detail(c.phrases, set())
        if not rest:
            return
        if when:
            w = self.wh(words, head)
            if w:
                yield self.make(self.ask(w[0], c, subject, rest), w[1], 'lead', local)
        elif head in ('after', 'before', 'during') and 2 <= len(words) <= 6:
            yield self.make(self.ask(['when'], c, subject, rest), c.lead, 'lead', local)

    def facts(self, sentence, entity, n):
        """Facts in fixed form: births, deaths, populations, sizes, casts, other names."""
        r, t = self.r, entity.title.split()
        who = [entity.surname] if entity.surname and r.random() < .25 else t
        date = r'((?:\d{1,2} )?(?:%s) (?:\d{1,2}, )?\d{4}|\d{4})' % '|'.join(C.MONTHS)
        if n == 0 and entity.group == 'person':
            m = re.search(r'\((?:[^()]*?; ?)?born (?:[^()]*? )??' + date, sentence)
            d = re.search(r'\((?:[^()]*?; ?)?' + date + r'[^()\d]{0,40}[-–] ?(?:[^()]*? )??' + date, sentence)
            born, died = (m.group(1), None) if m else (d.group(1), d.group(2)) if d else (None, None)
            for day, verb, noun in ((born, 'born', 'birth'), (died, 'die', 'death')):
                if day:
                    year = day[-4:]
                    q = ['was'] + who + ['born'] if verb == 'born' else ['did'] + who + [r.choice(['die', 'die', 'pass away'])]
                    choice = r.choice([(['when'], day), (['when'], day), (['on', 'what', 'date'], day), (['in', 'what', 'year'], year), (['what', 'year'], year)][0 if len(day) > 4 else 3:])
                    if r.random() < .2:
                        yield self.make(r.choice([['what', 'is'] + who + ["'s", 'date', 'of', noun], ['what', 'is', 'the', noun, 'date', 'of'] + who]), [day], noun)
                    else:
                        yield self.make(choice[0] + q, [choice[1]], noun)
        m = re.search(r'population (?:of|was|is) (?:about |around |approximately |estimated at )?([\d,]*\d(?: million)?)', sentence)
        if m and entity.group in ('place', 'group', 'state'):
            yield self.make(r.choice([['what', 'is', 'the', 'population', 'of'] + t, ['how', 'many', 'people', 'live', 'in'] + t, ['how', 'large', 'is', 'the', 'population', 'of'] + t,
                                      ['how', 'many', 'inhabitants', 'does'] + t + ['have'], ['what', 'was'] + t + ["'s", 'population']]), [m.group(1)], 'population')
        for m in re.finditer(r'\b(%s) of (?:about |around |approximately |over )?((?:\d[\d,.]*) (?:square )?(?:k?m|km2|metres|meters|miles|feet|ft|kilometers|kilometres|acres|hectares|inches|tonnes|tons|kg|people|passengers|spectators|seats))\b' % '|'.join(DIMENSIONS), sentence):
            if n < 5:
                name = m.group(1)
                yield self.make(r.choice([['what', 'is', 'the', name, 'of'] + t, ['how', DIMENSIONS[name], 'is'] + t]), [m.group(2)], 'size')
        m = re.search(r'\b(?:starring|stars|featuring) ((?:[A-Z][\w.\'’-]+ ?)+(?:, (?:[A-Z][\w.\'’-]+ ?)+)*,? and (?:[A-Z][\w.\'’-]+ ?)+)', sentence)
        if m and entity.kind.split()[-1:] in (['film'], ['series'], ['sitcom'], ['drama'], ['movie']):
            yield self.make(r.choice([['who', 'stars', 'in'] + t, ['who', 'starred', 'in'] + t, ['who', 'are', 'the', 'stars', 'of'] + t, ['who', 'acted', 'in'] + t]), [re.sub(r'\.(?:\w.*)?$', '', m.group(1).strip())], 'cast')
        m = re.search(r'\(?(?:also|commonly|formerly|previously|better|often|officially) (?:known as|called) (?:the )?((?:[A-Z][\w.\'’&-]* ?)+)', sentence[:200])
        if m and n == 0:
            yield self.make(r.choice([['what', 'is', 'another', 'name', 'for'] + t, ['what', 'else', 'is'] + t + ['called'], ['by', 'what', 'other', 'name', 'is'] + t + ['known'],
                                      ['what', 'is'] + t + ['also', 'known', 'as']]), [m.group(1).strip()], 'alias')
