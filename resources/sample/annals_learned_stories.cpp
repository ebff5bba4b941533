#include "resources/sample/annals_episodes.h"

namespace lectern::annals {

namespace {

constexpr const char* kStories[] = {
    R"([In this year {p} finished|{p} put down the pen at last this {season}, having finished|The clerks record with relief that {p} finished] the book on
which {p.he} had spent {~n} years [and an inheritance|and both eyes|in a room over the
fish market at {t}].

@work

It was [read aloud at court and slept through|copied {~n} times before the ink was dry|burned at {u}, which did it no end of
good]. // {ruler} kept it [by the bed|under the short leg of a table, and later on top of it|for a week, and returned it with notes].

--

[Its chief doctrine|What people remember of it] is that [no road is straight if you walk it twice|{bird} count, but only to
four|every town is founded on a misunderstanding|salt is the memory of water]. {q}, {p.his} rival, answered in [a book twice as
long|a single rude word, chalked on the door|verse].

@birth teacher burial

? They were reconciled [at a funeral|over {good}|by a mutual enemy], and [shared a house|quarrelled happily] until the end.

@archive vault market)",

    R"([The school at {t} was founded by|There is a school at {t} because of|No one in {t} could read the tax rolls, and so a school was begun by] {p}, [with {~n} pupils and one bench|in a disused brewery|for the children of carters, at first].

[Its rules were few|There were only two rules]: [to ask before answering|to write small], and [to feed the {beast}|never to
beat a drum or a child]. // Lessons began [at dawn, with a song|when the {bird} woke] and ended when [the candle did|the questions ran
out].

Among the first who learned there was {q}, later [famous for {craft}|the scourge of tax collectors|a judge, and a fair one]. // {q},
who was [the worst pupil|expelled twice], came back as [its master|a benefactor].

--

@charter bell tower

@birth teacher office burial

[A visitor from {u}|The inspector sent by {ruler}] complained that [the children argued|nobody could find the teacher, who was sitting
among them], and was [given a slate|asked to explain himself]. // Money was short, and {p.first} [sold {p.his} coat and taught the
winter in a blanket|took payment in {good}].

@archive watchword vault)",

    R"([A dispute of map makers filled this year|The pilots complained of their charts, and a dispute of map makers followed|Two maps of one coast
were laid before {ruler} this {season}]. {p} had drawn the coast [from the sea|by walking it with a wheel|from the talk of
fishermen], and {q} [from the tower at {t}|from older maps|out of {q.his} head], and there was [an island in one that was not in the
other|a difference of {~n} miles].

They were put in one boat. [For {~n} days|All through {month}] they [did not speak|rowed in circles|took soundings back to back].

The island was [there at low water only|a whale, the first day|where neither had put it]. They named it [after nobody|for the cook] and
[came home friends|were fined for lateness].

--

@work

@teacher birth burial

The map hangs at {u}, [behind a curtain, because of the light|with two signatures], and [ships have trusted it ever since|only one error
has been found in it, and that was put in on purpose].

@tower archive market ship)",

    R"([Music came into fashion [with the new harp|like a fever] when|It was a year of songs, and they began when|The law on harps was broken, and nobody
minded, when] {p} of {t}, [a builder of instruments|who had been a {trade}|half deaf
from bells], strung a harp with [copper wire|the gut of a famous {beast}|{~n} strings more than the law allowed].

It was first heard at [a wedding|a hanging, which was put off on account of it|the {season} fair at {u}]. // Those who heard it first
[thought that somebody was laughing in the next room|forgot what they had come for|took off their hats].

@work

--

{ruler} [danced, which is not written anywhere else|wished to buy it, and was refused|gave {p.first} a pension payable in {good}]. For a
time [no house was without one|carpenters made nothing else]. Then [the fashion passed to drums|it passed, as such things do], but
[the players of {t} kept to it|the harp itself was never sold].

@birth teacher burial

@bell market watchword)",

    R"([Letters began to go by relay in this year, thanks to|Until now a letter went when someone happened to be going, and this was changed by|The post of
Ostrevar was founded in {month}, half by accident, by] {p}, [who loved someone in a distant town|whose own letter had taken {~n} months to
cross a valley|a retired courier with bad knees].

{p.first} set [{~n} riders|boys with lanterns|a chain of kites] between {t} and {u}, [each with a {color} sash|and paid them by the
hill]. A letter now took [two days|one night and half a morning], where before it had taken [as long as a cheese|a fortnight, if the
carter could read].

@watchword archive tower

--

At first [the letters were all from {p.first}|people sent empty letters to see if it was true]. Later [merchants came to depend on
it|{ruler} used it for recipes and decrees alike|nobody could recall how they had lived without news].

@office birth burial

? The answer {p.he} was waiting for came [in the {~ord} year|on the last ride of the season]. It said [yes|"who is this?"|that the
sender was already on the road].

@vault bridge charter)",

    R"(A trial of some strangeness was held at {t} in {month}. The accused was [a bell|the wind|a {beast}], on a charge of [murder|causing the
loss of a ship|disturbing the sleep of the whole town].

{p}, [a notary|a {trade} who had read some law], spoke for the defense and [called {~n} witnesses|asked that the accused be allowed to
face its accusers|wore {p.his} best boots]. {q} spoke against, [at length|and rather well].

The judges [retired for {~n} hours and were found to be playing cards|went to look|took off their wigs, the day being hot]. They ruled
that [the accused had acted within its nature|intent had not been shown|the town should move its beds].

--

@birth office teacher

The case is [cited still|taught to every student of law], [chiefly by losing parties|for the speech that closed it, which begins "Consider
the clapper"].

@bell tower watchword archive

@work burial)",

    R"([An observatory was built on the hill above {t}, at the urging of|On the hill above {t}, where there had been only {bird}, a house for looking at
stars was built by|{ruler} gave the stone and {t} gave the hill for an observatory, the dream of] {p}, [who had seen a moon behind the moon|a lens grinder|because the roofs
of {u} were too smoky].

The great lens [cracked twice|was ground with river sand and patience|came up the hill in a cart of wool, drawn by oxen wearing felt
shoes]. On the first clear night [{~n} new stars were counted|they saw nothing but an owl|the queue of townspeople reached down to the
inn].

@tower charter

--

In {month} of the following year {p.first} announced that [the year is longer than we had thought, by the time it takes to boil an egg|one
of the stars was not where it had been left|the tides keep a calendar of their own]. // The tables that {p.first} drew up there [are in the
pocket of every pilot|were used to catch a thief].

@work

@birth teacher burial

@archive vault)",
};

constexpr const char* kNotes[] = {
    "The {season} was {weather}, and {good} was [dear|cheap|not to be had].",
    "It is written in the old rolls that {omen}.",
    "The {bird} [came early|stayed all winter|did not come], and {omen}.",
    "[Bread was dear|There was bread for all] this year, and the {season} was {weather}.",
    "At {u} {~n} [houses|barns|boats] burned on the {~day} of {~month}, [the work of a dropped "
    "lantern|nobody knew how|and were built again "
    "in stone].",
    "The {t.river} froze [from bank to bank|twice|so hard that a fair was held upon it], and {weather2} was "
    "the word for the {season}.",
    "[Some say|The shepherds swore|Sailors reported] that {omen}, and [little good came of it|nothing came "
    "of it|the council was told].",
    "{~n} sets of twins were born at {t} [in one week|between two market days], [which the midwives put down "
    "to the {good}|and all lived].",
    "A {color} flag was seen off {t} and [never explained|turned out to be washing|gone by morning].",
    "The council sat for {~n} days [on the question of geese|and decided nothing|and quarrelled about the "
    "seating].",
    "Rain fell on {~n} feast days together, and the {season2} was {weather}.",
    "Strangers passed through {t}, [buying {good}|asking for a town that has never existed|and paid in old "
    "coin].",
    "The harvest of {good} was [the best in memory|poor|gathered by moonlight for fear of hail].",
    "A new bridge of boats was tried at {u}, and [it held|it did not hold|the ducks liked it].",
};

} // namespace

std::span<const char* const> learnedStories()
{
    return kStories;
}

std::span<const char* const> yearNotes()
{
    return kNotes;
}

} // namespace lectern::annals
