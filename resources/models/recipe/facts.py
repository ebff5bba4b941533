"""Invented facts to hide in a long text: needles with their questions. Each call gives (sentence, question, answer)."""
SYLLABLES = ('ka lo mi ren tor vas el dor an bri cor del far gan hol is jun kel lar mon nar ol pen quil ros sel tam ul ver wil '
             'yar zan be cha dra ed fin gor hen ira jo kit lu mar ned or pip ria sam tes una vik wes xan yo zed').split()
FIRST = ('Alice Robert Maria Daniel Helen Victor Clara Oscar Emma Henry Laura Peter Anna Simon Grace Martin Julia Hugo Nora Felix '
         'Irene Samuel Rosa Walter Diana Philip Edith Arthur Lydia George Mabel Thomas Agnes Edward Ruth Albert Flora Charles').split()
CITIES = ('Paris London Vienna Oslo Madrid Berlin Cairo Lisbon Dublin Prague Naples Geneva Boston Delhi Kyoto Havana Lima Quito '
          'Athens Riga Malta Tunis Bergen Leeds York Bristol Florence Venice Milan Porto Seville Lyon Ghent Basel Turin').split()
JOBS = 'doctor painter lawyer baker teacher sailor farmer judge miller printer weaver pilot nurse clerk cook tailor engineer'.split()
THINGS = ['red book', 'silver key', 'old map', 'green lamp', 'brass clock', 'blue coat', 'wooden box', 'gold ring', 'black bag', 'glass jar']
ROOMS = 'kitchen attic garden cellar library stable tower chapel harbour market school mill bank barn cabin hall forest station'.split()
DOORS = 'vault safe gate door locker archive station bridge tower office mine ship tunnel garage warehouse laboratory'.split()
NATO = ('alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo sierra '
        'tango uniform victor whiskey xray yankee zulu').split()
ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split()
DOINGS = ['eat a sandwich and sit in Dolores Park on a sunny day', 'watch the boats from the old pier at dusk', 'climb the bell tower before breakfast',
          'walk along the river with a bag of chestnuts', 'drink tea in the glass house', 'listen to the organ in the cathedral', 'ride the last tram to the hills',
          'feed the swans behind the museum', 'buy a map from the blind bookseller', 'swim in the lake by moonlight']


def word(r):
    return ''.join(r.choice(SYLLABLES) for _ in range(r.randint(2, 3))).capitalize()


def name(r):
    x = r.random()
    if x < .3:
        return r.choice(FIRST)
    return word(r) if x < .55 else (r.choice(FIRST) if r.random() < .6 else word(r)) + ' ' + word(r)


def number(r, low=2, high=7):
    return ''.join(r.choice('0123456789') for _ in range(r.randint(low, high)))


def either(r, values):
    return r.choice(values) if r.random() < .6 else word(r)


def code(r):
    t, n, a = r.choice(DOORS), name(r), number(r)
    return (t, n), [f'The code of the {t} at {n} is {a}.', f'The {t} code of {n} is {a}.', f'To open the {t} of {n}, use the code {a}.'], \
        [f'What is the {t} code of {n}?', f'What is the code of the {t} at {n}?', f'Which code opens the {t} of {n}?'], a


def passkey(r):
    a = number(r, 4, 6)
    if r.random() < .5:
        return ('pass',), [f'The pass key is {a}. Remember it. {a} is the pass key.', f'The passkey is {a}.', f'The secret number is {a}. Remember it.'], \
            ['What is the pass key?', 'What is the passkey?', 'What is the secret number?'], a
    w = word(r).lower() if r.random() < .5 else name(r)
    k = r.choice(['magic number', 'pass key', 'passkey', 'secret code', 'access code'])
    return ('magic', w), [f'One of the special {k}s for {w} is: {a}.', f'The {k} for {w} is {a}.', f'The special {k} for {w} is {a}. Do not forget it.'], \
        [f'What is the special {k} for {w} mentioned in the text?', f'What is the {k} for {w}?'], a


def ordinal(r):
    o, a = r.choice(ORDINALS), ' '.join(r.choice(NATO) for _ in range(r.choice([4, 6, 8])))
    return ('nato', o), [f"Remember this sequence of words, it's the {o} passkey to the vault: {a}."], \
        [f'What is the {o} passkey to the vault?', f'Based on the content of the book, what is the {o} passkey to the vault?'], a


def doing(r):
    c, a = either(r, CITIES + ['San Francisco']), r.choice(DOINGS)
    return ('do', c), [f'The best thing to do in {c} is {a}.', f'The best thing to do in {c} is to {a}.'], [f'What is the best thing to do in {c}?'], a


def home(r):
    n, a = name(r), either(r, CITIES)
    return ('live', n), [f'{n} lives in {a}.', f'The home of {n} is in {a}.', f'{n} has a house in {a}.'], \
        [f'Where does {n} live?', f'In which city does {n} live?', f'Where is the home of {n}?'], a


def job(r):
    n, a = name(r), r.choice(JOBS)
    return ('job', n), [f'{n} works as a {a}.', f'{n} is a {a} by trade.'], [f'What is the job of {n}?', f'What does {n} work as?', f"What is {n}'s profession?"], a


def thing(r):
    o, n, a = r.choice(THINGS), name(r), 'the ' + r.choice(ROOMS)
    return ('thing', o, n), [f'The {o} of {n} is kept in {a}.', f'{n} keeps the {o} in {a}.', f'{n} hid the {o} in {a}.'], \
        [f'Where is the {o} of {n}?', f'Where does {n} keep the {o}?', f'Where can the {o} of {n} be found?'], a


def born(r):
    n, a = name(r), str(r.randint(1200, 2025))
    return ('born', n), [f'{n} was born in {a}.', f'In {a}, {n} was born.'], [f'When was {n} born?', f'In which year was {n} born?'], a


def wrote(r):
    n, a = word(r), name(r)
    return ('wrote', n), [f'The book "{n}" was written by {a}.', f'{a} wrote the book "{n}".'], [f'Who wrote "{n}"?', f'Who is the author of "{n}"?'], a


def capital(r):
    n, a = word(r), either(r, CITIES)
    return ('cap', n), [f'The capital of {n} is {a}.', f'{a} is the capital of {n}.'], [f'What is the capital of {n}?', f'Which city is the capital of {n}?'], a


def price(r):
    n, a = word(r), number(r, 1, 5)
    return ('price', n), [f'The price of the {n} is {a} crowns.', f'The {n} costs {a} crowns.'], [f'What is the price of the {n}?', f'How much does the {n} cost?'], a


KINDS = [code, code, passkey, passkey, ordinal, doing, home, job, thing, born, wrote, capital, price]


def fact(r, used):
    """A fact whose key is not in `used` yet."""
    while True:
        k, statements, questions, answer = r.choice(KINDS)(r)
        if k not in used:
            used.add(k)
            return r.choice(statements), r.choice(questions), answer
