"""Training documents with their questions: passages of articles of the same kind, unanswerable questions, gaps to fill."""
import re

import clauses as C
from cloze import pronoun_of

SILENT = 'The document does not say.'
ALONE, OTHER_KINDS, SAME_KIND = range(3)     # what an article stands among, which decides how a question may name it


class Article:
    """An encyclopedic article: title line, sentences, entity, questions."""
    __slots__ = ('title', 'body', 'sentences', 'entity', 'questions')

    def __init__(self, title, body, entity):
        self.title, self.body, self.entity, self.questions = title, body, entity, []
        self.sentences = C.split_sentences(body)


def passage(article, r, without=None):
    """Text of an article, perhaps without one sentence or without its title line."""
    sentences = article.sentences if without is None else [s for i, s in enumerate(article.sentences) if i != without]
    text = ' '.join(sentences)
    if r.random() < .82 or (article.entity.title not in text and article.entity.name not in text):
        text = article.title + '\n\n' + text
    return text


def gap(article, r):
    """A question with a gap: a removed sentence whose missing name or number still stands elsewhere in the article."""
    order = list(range(1, len(article.sentences)))
    r.shuffle(order)
    for n in order[:4]:
        s = article.sentences[n]
        rest = ' '.join(x for i, x in enumerate(article.sentences) if i != n)
        spans = re.findall(r'(?<=[a-z,] )(?:[A-Z][\w.\'’-]+(?: (?:of |the |de )?[A-Z][\w.\'’-]+)*|\d[\d,.]*\d)', s)
        spans = [x.rstrip('.,') for x in spans if len(x) > 3 and rest.count(x.rstrip('.,')) >= 1 and s.count(x.rstrip('.,')) == 1]
        if spans and len(s.split()) < 40:
            a = r.choice(spans)
            if a in article.entity.title and r.random() < .7:
                continue
            head = r.choice(['Fill the gap: ', 'What is missing: ', 'Which word or name is missing? ', 'Complete: '])
            return head + s.replace(a, '___'), a, n
    return None


def refer(r, article, question, company):
    """Asks with 'he', 'the station' instead of the name at times, as people do who have the page before them."""
    title = article.entity.title
    if company == SAME_KIND or title not in question or question.count(title) > 1 or r.random() < .55:
        return question
    pronouns = pronoun_of(article.body, article.entity)
    kind = article.entity.kind.split()[-1:] if article.entity.group != 'person' else []
    subject = 'the ' + kind[0] if kind and (company == OTHER_KINDS or r.random() < .5) else None
    if company == OTHER_KINDS and not subject:
        return question
    at = question.index(title)
    article_before = question[:at].lower().endswith('the ')
    left, right = question[:at - 4] if article_before else question[:at], question[at + len(title):]
    if right[:2] in ("'s", '’s'):
        return left + (subject + "'s" if subject else pronouns[1]) + right[2:]
    stranded = left.split()[-1:] and left.split()[-1].lower() in C.PREPOSITIONS
    return left + (subject or pronouns[2 if stranded else 0]) + right


def choose(article, r, many, company):
    """Some questions of an article, of different kinds; 'local' ones only where no other article could be meant."""
    fit = [q for q in article.questions if company != SAME_KIND or not q.local]
    r.shuffle(fit)
    out, kinds, spans = [], {}, set()
    for q in fit:
        family = q.kind.split('-')[0]
        most = {'phrase': 3, 'cloze': max(1, many // 2), 'definition': 1, 'type': 1}.get(family, 2)
        if kinds.get(family, 0) >= most or (q.sentence, q.answer) in spans:
            continue
        if family in ('definition', 'type', 'occupation') and r.random() < .5:
            continue
        if q.kind == 'subject' and company == ALONE and q.answer in (article.entity.title, article.entity.name) and r.random() < .6:
            continue
        kinds[family] = kinds.get(family, 0) + 1
        spans.add((q.sentence, q.answer))
        out.append((refer(r, article, q.text, company), q.answer))
        if len(out) >= many:
            break
    return out


def unanswerable(r, articles, others, text):
    """A question on an article of the same kind that is not in the document, or None."""
    low = text.lower()
    for _ in range(6):
        other = r.choice(others)
        if other in articles or other.entity.title.lower() in low:
            continue
        fit = [q for q in other.questions if not q.local and other.entity.title.split()[-1].lower() in q.text.lower()]
        if fit:
            q = r.choice(fit)
            if q.answer not in text or r.random() < .3:
                return q.text, SILENT
    return None


def document(r, anchor, same, everyone, limit=5200):
    """(text, pairs): an article, often among others of its kind, with questions."""
    n = r.choices([1, 2, 3, 4, 5, 6, 8], [40, 17, 13, 10, 8, 7, 5])[0]
    articles, size = [anchor], len(anchor.body)
    for _ in range(n - 1):
        other = r.choice(same if same and r.random() < .65 else everyone)
        if other not in articles and other.entity.title != anchor.entity.title and size + len(other.body) < limit:
            articles.append(other)
            size += len(other.body)
    r.shuffle(articles)
    company = ALONE if len(articles) == 1 else SAME_KIND
    removed, pairs = None, []
    x = r.random()
    if x < .10 and len(anchor.sentences) > 2:
        g = gap(anchor, r)
        if g:
            pairs.append(g[:2])
            removed = g[2]
    elif x < .18 and len(anchor.sentences) > 2:
        hidden = [q for q in anchor.questions if q.sentence > 0 and (company == ALONE or not q.local)]
        if hidden:
            q = r.choice(hidden)
            rest = ' '.join([s for i, s in enumerate(anchor.sentences) if i != q.sentence] + [a.body for a in articles if a is not anchor])
            if q.answer not in rest and q.answer != anchor.entity.title:
                pairs.append((refer(r, anchor, q.text, company), SILENT))
                removed = q.sentence
    text = r.choice(['\n\n', '\n\n', '\n\n', '\n']).join(passage(a, r, removed if a is anchor else None) for a in articles)
    many = r.randint(4, 10)
    per = {id(a): (max(2, many // 2) if a is anchor else 2) for a in articles}
    if company == ALONE:
        per[id(anchor)] = many
    for a in articles:
        saved = a.questions
        if a is anchor and removed is not None:
            a.questions = [q for q in saved if q.sentence != removed]
        pairs += choose(a, r, per[id(a)], company)
        a.questions = saved
    if r.random() < .12:
        u = unanswerable(r, articles, same if same and r.random() < .8 else everyone, text)
        if u:
            pairs.append(u)
    r.shuffle(pairs)
    good = [(q, a) for q, a in pairs if a == SILENT or a in text]
    return text, good[:12]


def thin(r, context, answers):
    """A context with some sentences that hold no answer left out, so that repeated passes differ."""
    if r.random() < .5 or '\n' in context.strip('\n')[len(context) // 3:]:
        return context
    head, mark, body = context.partition('\n\n')
    if not mark:
        head, body = '', context
    kept = [s for s in C.split_sentences(body) if r.random() < .8 or any(a[:40] in s or s[:40] in a for a in answers)]
    text = head + mark + ' '.join(kept)
    return text if all(a in text for a in answers) else context


def natural_document(r, group, pool, articles, limit=6500):
    """(text, pairs) of a natural context, with other contexts of its source or articles around it at times.

    Most questions without an answer are left out: a model that meets many of them refuses whatever is worded freely.
    """
    pairs = [tuple(p) for p in r.sample(group['pairs'], min(len(group['pairs']), r.randint(5, 9)))]
    pairs = [p for p in pairs if p[1] != SILENT or r.random() < .3]
    answers = [a for _, a in pairs if a != SILENT and a in group['context']]
    text = thin(r, group['context'], answers)
    short = len(text) < 300
    n = r.choice([1, 2, 4, 7]) if short else r.choices([0, 1, 2], [65, 20, 15])[0]
    parts = [(text, pairs)]
    size = len(text)
    silent = any(a == SILENT for _, a in pairs)
    foreign = r.random() < .4 and group['source'] not in ('wikitablequestions', 'tatqa')
    for _ in range(n):
        if foreign:
            other = r.choice(articles)
            if size + len(other.body) < limit and not silent:
                parts.append((passage(other, r), choose(other, r, 2, SAME_KIND)))
                size += len(other.body)
            continue
        other = r.choice(pool)
        if other is group or size + len(other['context']) > limit or (silent and not short):
            continue
        more = [tuple(p) for p in other['pairs'] if p[1] != SILENT]
        parts.append((other['context'], r.sample(more, min(len(more), 3))))
        size += len(other['context'])
    r.shuffle(parts)
    pairs = [p for _, ps in parts for p in ps]
    if len(parts) > 1:
        r.shuffle(pairs)
    text = r.choice([' ', '\n\n'] if short and not foreign else ['\n\n']).join(t for t, _ in parts)
    return text, [p for p in pairs if p[1] == SILENT or p[1] in text or p[1] in group_answers(group)][:14]


def group_answers(group):
    return {a for _, a in group['pairs']}
