#include "resources/sample/annals_episodes.h"

namespace lectern::annals {

namespace {

constexpr const char* kStories[] = {
    R"([The great ship of these years was laid down at {t} by|At {t} the keel of the largest hull yet seen was laid by|All the oak of two
parishes went that {season} to the slip at {t}, where a ship was begun by] {p}, [who had never built anything larger than a punt|a
shipwright of the old school|against the advice of the whole quay].

It took {~n} [winters|years of other people's money] and the [oaks of a whole valley|sails of three lesser vessels]. When the
hull slid into the water, it [floated a little to the left|stuck on the slip until a child pushed it|made no more sound than a
duck], and {p.first} [wept|said that it would do|went home to bed]. // People came from {u} to [mock|see it] and stayed to
[help with the rigging|buy shares].

@ship

--

{p.first} [would not speak of ships again|built another, and a better|was blamed, then pitied, then forgotten, in the usual order].
// Of the crew, {~n} came home, among them {q}, who [kept an inn ever after|never again ate {good}|told the story differently each
year].

@birth burial teacher

@tower vault bell)",

    R"(In the {season} market at {t} there was such a glut of {good} that [it was used to pave the lower street|the dogs were fed on
it|the price was cried in laughter]. // The price of {good} fell so low at {t} this year that [thieves brought it
back|carters dumped it at the roadside].

{p}, [a {trade} without two coins to rub|who had lately buried a rich and stingy uncle|down from the hills with a {beast}], bought
all of it [on credit|for a song, and it was a short one|with a promise written on a cabbage leaf].

[Everyone laughed until|It looked like madness until] {ruler} [lost three warehouses to fire|married into a house that would
use nothing else|ordered the fleet provisioned], and then {p.first} [sold it slowly|named a price and closed the shutters|gave half of
it away and sold the other half dear].

--

With the profit {p.he} [built the almshouse that stands there yet|bought the debts of the whole street and burned them|put a roof on
the fish hall].

@market charter vault

@birth teacher office

? Some say that the {beast} was buried [with honors|in the merchants' chapel]. // ? To this day a lucky purchase is called there
"a {p.first}".)",

    R"([Three clock makers competed in this year for the tower at {t}|The tower at {t} had stood without a clock for {~n} years, and now three
makers offered for it|{t} wished for a clock, and three makers came with drawings under their arms]. [The first|One of them], {q}, promised a clock that would [show the
tides|never need winding|frighten off the {bird}]. The second [fell ill|was bribed|eloped]. The third was {p}.

{p.first} [asked the bakers when they rose and the drunkards when they slept|listened to the town for {~n} nights|made the wheels of
pear wood, because iron sulks in the damp], and [only then took up a file|built the clock around what was heard].

@tower bell

The clock [has been wrong once, on the day its maker died|loses a minute in each year, which the town keeps as a holiday|strikes
thirteen at noon, and nobody has ever complained].

--

{q.first} took the defeat [badly, and moved to {u}|well, and held the ladder] and there [made toys|made the water clock that is still
shown to visitors|wrote a bitter pamphlet].

@birth burial teacher

@charter archive)",

    R"([The road between {t} and {u} was [opened|mended|measured] in this year,|There had never been more than a goat path from {t} to {u}, but
this year a road was made,|The carters of {t} will tell anyone how the road to {u} came about:] [the work of {~n} hundred hands|at the cost of a bishop's
ransom|chiefly because of one broken axle].

The axle belonged to {p}, [a carter of few words|who was carrying {good} to a wedding|who had broken {~n} before it on the same stone].
{p.he} [sat down on the stone and would not move|wrote to {ruler}, enclosing the stone|began that same day with a spade].

First came [the curious|children], then [neighbors with barrows|the unemployed of both towns], and by {month} there were [tents and a
bakery|{~many} at work|two songs about it]. // {ruler} sent [a surveyor, who was put to digging|money, which was spent on beer and
gravel|nothing, and later claimed the credit].

--

@bridge charter

@birth office burial

The stone itself was [set up at the halfway point|built into the chapel wall|broken for gravel by {p.first}, who kept one piece]. // Of the
whole road, [it is said, only {~n} paces are level|the carters say that it was made by someone who loved wheels].

@market watchword)",

    R"(There was [false money|bad silver] abroad in {season}, [light by a third|with {ruler} looking the wrong way on it|so well made that it
was preferred to the true]. // In this year every third coin at {t} was false.

{p} of the mint [bit {~many} coins in a day and lost a tooth|set up a table in the square and rang each coin on a slab of slate|paid a
reward in false coin for news of false coin, and waited to see who complained].

@vault

The trail led [to a beehive|down a well|under the stage of a puppet theater], where {q}, [a gifted engraver|formerly a priest|a {trade} in
debt], had been at work for {~n} years. {q.he} [showed the tools without shame|asked only that the dies be kept, being good work|offered
the judges lunch].

--

Instead of the rope {q.first} got [a post at the mint|a cell with a north window and all the copper {q.he} could want|{~n} years, and a
pension afterward]. // {ruler} said that so fine a hand should [work for the crown|not be wasted on a gallows].

@office teacher birth

@archive watchword market)",

    R"([A caravan of {~n} wagons left {t} for {u} on the {~day} of {month}, under {p}, and|With {~n} wagons of {good3}, {p} set out from {t} for {u} in
{month}, late in the season, and] was [not heard of until the thaw|thought lost|caught by the
snow in the pass].

They [burned the wagons one by one|lived on {good} and {good2}|moved into a cave that had a door, which nobody could explain]. On the worst
night {p.first} [told the whole of a story that {p.he} only half knew|made them all stand and dance|counted the company over and over, and
once counted one too many].

? A {beast} [kept the youngest warm|found the path|was not eaten, though it was put to the vote].

--

All but {~n} [came down alive|saw the spring], and they came down [singing|thin as rakes|by a way that has never been found again]. // When
they reached {u}, the watch [took them for ghosts|did not know them|rang every bell in the place].

@birth burial office teacher

@bell tower watchword

? A lamp is lit in the pass each {month} in memory of it, [and the keeper is paid in {good}|by the {trade}s of the town].)",
};

} // namespace

std::span<const char* const> tradeStories()
{
    return kStories;
}

} // namespace lectern::annals
