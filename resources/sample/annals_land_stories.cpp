#include "resources/sample/annals_episodes.h"

namespace lectern::annals {

namespace {

constexpr const char* kStories[] = {
    R"(The {t.river} rose in {month} [and did not fall for {~n} weeks|higher than the oldest mark|in a single night, without rain]. At {t} [the
lower town stood in water to the sills|boats were tied to the bell tower|the mill went off downstream, still grinding].

{p}, [who had warned of it for years|a {trade}|the only soul with a large enough boat], took {~n} families off the roofs, [and a
{beast}|and went back for the organ pipes|making them leave their money and bring their blankets].

The granary at {u} was opened [by order|by force|before anyone asked], and {~many} were fed there [until the fields dried|on
barley and gossip]. // {ruler} came in person, [fell in, was fished out and ordered a wall|and carried sacks with the rest].

--

@charter tower vault

When the water went down it left [silt that has borne double ever since|the keel of a ship, {~n} miles from the sea|a carved stone that no
one could read]. // Afterward {p.first} [marked the height on every house with a nail|planted willows along the bank, one for each
roof|would not be thanked, and grew short with those who tried].

@birth office burial

@bell bridge market)",

    R"(Wolves came down from the hills in the {season}, [{~n} of them|more than had been seen in a lifetime], and took sheep [within sight of
{t}|from the very fold of the abbey]. // It was a wolf year, the worst since the old annals.

The hunters of {u} [went out proudly and came back quietly|shot one another's hats|blamed the moon]. Then {p}, [a shepherd
from the high pastures|a {trade} who was never seen to hurry], [hung {~n} old bells in the
thorns|lit fires in the shape of a ring|walked among the flock at night, dressed in fleece].

[It should not have worked|Learned men have explained why it could not work], but [the wolves turned aside|no lamb was lost
after that].

--

@bell tower

? One wolf stayed, old and grey, and [slept across {p.first}'s door|was buried at {p.first}'s feet], or so it is told.

@birth burial teacher

@market charter archive)",

    R"(A sickness went through {t} in {month}, [the sweating kind|which began with a taste of copper|that spared the old and took the
strong]. // The {season} brought the grey cough to {t}.

The gates were shut and [a rope was stretched across the road|bread was passed over the wall in baskets|the bell was tolled until the
ringer fell ill]. {p}, [an herbalist|a {trade} who had had it as a child|who was only passing through], [went in when others were
going out|boiled everything that would fit in a pot|wrote down each case by house and day].

It was the writing that did it: [every sick house drew from one well|all of them had bought the same {good}|the sickness walked down
the street like a postman, and stopped at the tannery]. The [well was capped|casks were burned|tannery was moved], and within
{~n} days [no new cases came|the shutters opened].

--

{~many} had died. They lie [in the long field|under the new orchard], and [the names are read each year|nobody has ever built there].

@archive vault watchword

@birth teacher burial office

? The list that {p.first} made is still [copied by students|shown under glass], [wine stains and all|with one name scratched out].)",

    R"(The drought of this year is remembered for the drying of the {t.river}, [which had never happened before|and for what was found in its
bed]. // No rain fell between {month} and {month2}, and at {t} they [walked across the river in their slippers|sold water by the
thimble].

In the cracked mud lay [a row of iron chests, all empty|the arches of an older bridge|a boat with its oars shipped, as if its owner had
stepped out|{~n} millstones set in a circle]. // Children found [a bell|a sword with a wooden blade|a stair going down].

{p}, [schoolteacher at {u}|clerk of the waters|{trade} and skeptic], had it [drawn before it was touched|fenced and measured|dug by
lantern light, when the ground was cool].

@vault archive

--

Prayers were said, [to whom it was not always clear|in {~n} languages], and {p.first} [said that it would rain when it rained|took an
umbrella everywhere]. It rained on the {~day} of {~month2}, [for a month|very gently|on the funeral of the man who had foretold it].

@birth office burial

@bridge tower charter)",

    R"([An orchard war was fought this year between the growers of {t} and those of {u},|The growers of {t} and {u}, who had been good neighbors, went
to war this {season}|The war of the pear, as it is called, was waged from {t} upon {u}] [with ladders|with more noise than blood|over a
single pear].

The pear was [the size of a child's head|sweet in {month}, when no other is|raised from a pip by {p}], and both towns claimed [the
tree|the name|the grafts]. By night [branches went missing|guards were posted, who ate the evidence]. // In one week {~n} trees were
cut and {~n} grafts stolen.

{ruler} asked to taste it, [waited three days for it to ripen|ate it with a silver spoon], and [said that it was a very good
apple|ordered that every town should have one|gave no judgment, but asked for another].

--

@birth teacher burial

{p.first} [planted the pips along the whole road between them|gave the grafts to anyone who asked|left the tree to the {bird}], and there
[has been peace of a sort|is now no saying whose is whose].

@market charter bell

? Pear wine is drunk there on the {~day} of {~month}, [with the left hand|standing up].)",

    R"([Miners|Men digging for tin|Well diggers] broke into [an old gallery|a cave with a lake in it|the cellar of a house nobody had built] beneath {t}. The foreman was {p}, [a
careful digger|third of that name to go below|who heard the hollow before the pick went through].

By the light of {~n} candles they saw [walls painted with {bird}|rows of jars sealed with pitch|a table laid for {~n}]. Nothing was taken
that day, for [the air was bad|the youngest began to cry|{p.first} forbade it].

A scholar, {q}, came from {u} and [said that it was very old|said that it was very new|wept, and would not say why]. // {ruler} had a
stair cut, so that [anyone might see it for a penny|the court could come down in its slippers].

--

@vault archive watchword

[In the second year|Before the snow] the roof came down, and [what was not drawn is lost|the jars are said to be there still].
{p.first} [had the copies|got everyone out, and went back for the candle|sealed the shaft with {p.his} own hands].

@birth burial office

@tower bell bridge)",
};

} // namespace

std::span<const char* const> landStories()
{
    return kStories;
}

} // namespace lectern::annals
