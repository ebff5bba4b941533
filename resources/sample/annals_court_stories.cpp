#include "resources/sample/annals_episodes.h"

namespace lectern::annals {

namespace {

constexpr const char* kStories[] = {
    R"(In the {season} of that year {p} of {u} was called before {ruler} to answer for the missing seals. // When the
{season} session opened, {ruler} sent for {p}, [who came on foot|who came late and without a cloak|who had been
expecting it]. // Nobody at court remembered afterward who first named {p} as the thief of the seals.

The charge was [heavy|a strange one]: that {~n} [orders|letters of pardon] had gone out under the great seal while
{ruler} lay [ill|asleep|hunting in the hills]. // It was said that {~n} letters had left the palace sealed and unread,
and that one of them had [opened the gates of {t}|emptied the granary of {t}].

{p.first} asked only for [a candle, a knife and a cup of water|one hour and a quiet room|the oldest of the letters].
{p.he} [cut the wax in two|warmed the wax over the flame|laid the wax against the window] and showed the hall that
[it had been poured twice|it held the hair of a fox|it was tallow dyed with beet]. // {p.first} said nothing for a long
while, and then told the hall to look at the wax, not at {p.him}.

--

? The true forger, {q}, was found {~n} days later [in a hay barn|aboard a coal barge|asleep in the chapel], and was
[banished to the islands|set to copying tax rolls for {~n} years|forgiven, to general surprise].

@office birth teacher

[Since that day|Ever since], the seal of the realm has been kept in two halves. // {ruler} gave {p.first} the [house by
the mint|right to fish in the palace pond|office nobody else would take], and the matter was never raised again.

@vault archive watchword)",

    R"(A quarrel broke out between {t} and {u} over [the right to the ferry|{~n} acres of drowned meadow|the bones of a
saint|the toll on {good}]. // This was the year in which {t} and {u} stopped speaking.

[For {~n} weeks|All {season} long] the two towns [moved each other's boundary stones by night|refused each other's coin|rang their bells at the wrong hours to confuse each other]. // Men of {t} painted the gates of {u} [yellow|with tar],
and the women of {u} answered by [stealing the clapper of the great bell|letting {~n} geese into the council chamber].

{ruler} might have sent soldiers, but sent {p} instead, with [a single clerk|two mules and a barrel of cider|a letter
that turned out to be blank]. // It fell to {p}, [a patient soul|a {trade} with a loud laugh|known for long silences], to make peace.

--

{p.first} [dined on alternate nights in each town|measured the meadow with a knotted rope|asked every child in both towns
what the quarrel was about] and [grew fat before growing wise|wrote down the answers|lost {p.his} temper only once].

In the end [the land was given to neither and sown with clover|the two towns agreed to share the toll by turns|the matter
was settled by a game of bowls]. // The peace that {p.first} made was [clumsy, but it has held|laughed at in the capital
and kept in the hills].

@charter market bell

@burial birth)",

    R"(The succession was nearly lost in this year. {ruler} fell [from a horse|through the ice|into a fever] near {t}, and
for {~n} days [no letter left the palace|the gates were kept shut|nobody would say who ruled]. // For {~n} days in the
{season} it was not known whether {ruler} lived.

{p}, who [held the keys of the inner rooms|had charge of the kitchens|was no more than the keeper of the dogs], let it be
known that [supper was still being eaten|the lamps were still lit|the royal boots had been sent for mending], and the city
took heart. // Two parties formed, one about {q} and one about nobody in particular, and {p} [fed them both|lied to them
both].

@vault watchword tower

--

When {ruler} [rode out again|was seen on the balcony|called for fresh bread] on the {~day} of {~month}, the crowd [wept|sang
until it rained|went home without a word]. {p.first} was offered [gold|land|a title] and asked for [{beast}-feed for
life|a window that faced the river|leave to sleep for a week].

@office birth burial

? The physicians [wrote three accounts of the illness, none of which agree|were paid and then dismissed|quarrelled over the
credit for years].)",

    R"(Envoys came from over the sea in {month}, [in ships painted {color}|speaking through their noses|with {~many} bales of
{good} as a gift]. // In {month} of this year the first foreign ships in a generation put in at {t}.

[Nobody could read their letter|Their letter was read aloud {~n} times and understood once], until {p}, a {trade} [from
{u}|lodging in the town], remembered [a grandmother's lullaby in the same tongue|some words learned from a sailor].

They wanted [nothing but fresh water and a promise|the hand of a prince who did not exist|to buy every {good} cask on the
coast]. // What they asked for was [a well of their own|a copy of the laws|the loan of a good bell founder], and it was
thought a small thing to grant.

@market archive watchword

--

The talks lasted {~n} days. {p.first} [spoke for both sides, and some thought, chiefly for the fish|grew hoarse|made only one
mistake, and that one gave us the custom of the second cup].

A treaty was made and [kept|kept longer than anyone hoped|broken by neither side], and in its honor [the harbor steps were
mended|{~n} prisoners were freed|the fountain ran with cider for an afternoon].

@charter teacher birth

@ship)",

    R"(This was the year of the tax on {good}. {ruler} had need of money [for the walls of {t}|for a wedding|to pay for the
last tax], and the counselors [looked about for something that everybody used|were tired and chose the first thing on the
table].

In {u} [the people buried their {good} in the churchyard|nobody admitted to having ever seen any {good}|they paid in
pebbles, politely counted]. // The collectors who went to {u} came back with [nothing but sore feet|{~n} coins and a
{beast}|a long and courteous poem].

{p}, [a {trade} with nothing to lose|once married to a collector|who could count faster than any clerk], stood up in the market and
[proved that the tax cost more to gather than it brought|offered to pay it all in advance, in {good}|read out the law
backward, which made better sense].

--

@birth office teacher burial

The tax was [lifted before the snow|turned into a tax on windows, which is why the old houses there are dark|halved, then
forgotten]. // {ruler} is said to have laughed, [which was rare|for the first time since the coronation], and tore the roll in
two.

@vault market archive tower)",

    R"(A conspiracy was uncovered at {t}, [the third in ten years|though a rather small one|such as every reign must have].
// The plot of the {color} gloves belongs to this year.

{~n} persons of good family had sworn [on a sword|over a pie|in the crypt of the old chapel] to [carry off the heir|open the
sluices|set {q} upon the throne]. They [kept minutes of their meetings|quarrelled over the wording of the oath|chose a password
that one of them stammered at], and by these they were undone.

@watchword vault tower bell

{p} [overheard them from inside a barrel|found the oath used as a bookmark|was asked to bake the pie] and walked {~n} miles in the
dark to bring word. // It was {p}, [keeper of the ferry|a {trade} of no great name|at that time the youngest clerk in the
house], who carried the warning.

--

{ruler} was merciful. [The plotters were sent to drain marshes, and drained them well|Only the ringleader, {q}, lost anything, and
that was a hat with a jewel in it|They were made to dine together every week for a year]. // There was no hanging. {ruler} said
that [fools are a kind of weather|a rope is a poor teacher].

@burial office birth

? [Their descendants|The children of the plotters] still [hold the drained land|wear gloves of that color on the day].)",
};

} // namespace

std::span<const char* const> courtStories()
{
    return kStories;
}

} // namespace lectern::annals
