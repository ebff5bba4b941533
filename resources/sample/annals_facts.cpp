#include "resources/sample/annals_facts.h"

#include "resources/sample/annals_grammar.h"

#include <sstream>

namespace lectern::annals {

namespace {

// `start` names the subject and nothing else, so that one subject is told one fact of a kind.
struct FactForm {
    std::string_view kind, start, rest, question, answer;
};

constexpr FactForm kForms[] = {
    {"vault", "The vault code of {t} is",
     " {code}[|, cut in slate above the inner door|, and no more than two people have ever known it at "
     "once|, which is "
     "older than the vault itself|, as every keeper swears to forget].",
     "What is the vault code of {t}?", "{code}"},
    {"tower", "The watchtower of {t} stands",
     " {height} ells high[|, counting the weathercock|, and can be seen from three valleys|, and leans no "
     "more than "
     "it should|, or did before the lightning|, by the measure of the masons|, every one of them paid for in "
     "cheese].",
     "How high does the watchtower of {t} stand?", "{height} ells"},
    {"bell", "The great bell of {t} is called",
     " {bellname}[|, for a reason nobody will tell|, and is rung for weddings alone].",
     "What is the great bell of {t} called?", "{bellname}"},
    {"archive", "The archive mark of {t} is",
     " {mark}[|, stamped on the spine of every roll|, burned into the lid of each chest|, though older rolls "
     "lack it].",
     "What is the archive mark of {t}?", "{mark}"},
    {"charter", "The charter of {t} was sealed on",
     " the {date} in the year {past}[|, in a snowstorm|, before nine witnesses].",
     "When was the charter of {t} sealed?", "the {date} in the year {past}"},
    {"bridge", "The stone bridge at {t} was built by",
     " {v-person}[| in four summers|, who never crossed it|, and it has outlasted two others].",
     "Who built the stone bridge at {t}?", "{v-person}"},
    {"watchword", "The night watchword of {t} is",
     " {watchword}[|, spoken low|, and the answer to it is a cough|, by an order nobody has dared to "
     "change].",
     "What is the night watchword of {t}?", "{watchword}"},
    {"market", "The yearly market of {t} opens on",
     " the {date}[|, at the second bell|, rain or shine|, and lasts until the beer does].",
     "On what day does the yearly market of {t} open?", "the {date}"},
    {"birth", "{p} was born in",
     " {village} in the year {p-born}[|, the last of nine children|, in a house that "
     "leaned|, during a storm|, over the bakery|, to parents who had hoped for rain|, with a tooth already|, "
     "on the night of the comet|, within sound of the bell|, some say on the ferry].",
     "Where was {p} born?", "{village}"},
    {"burial", "{p} lies buried under",
     " {treename}, the {tree} at {v}[|, and the grave is kept|, with a plain stone|, facing the road|, as "
     "was wished|, beside a good dog|, where children play|, and there are always flowers].",
     "Under which tree does {p} lie buried?", "{treename}"},
    {"office", "{p} later held the office of",
     " {office} for {years} years[|, without a day's absence|, to mixed report|, and loved it|, and left the "
     "desk tidy|, though never once on time|, under three rulers].",
     "What office did {p} later hold?", "{office}"},
    {"teacher", "{p} had been the pupil of",
     " {v-person} in the art of {craft}[|, who taught no one else|, by candlelight|, in three hard winters|, "
     "for the price of the firewood|, and never said so].",
     "Whose pupil had {p} been?", "{v-person}"},
    {"work", "The book {work} was written by",
     " {p} at {v}[|, in a hand like spiders|, and dedicated to a cat|, by the window facing north|, mostly "
     "in bed|, and then written again from memory].",
     "Who wrote the book {work}?", "{p}"},
    {"ship", "The ship {ship} was lost on",
     " the {reef} rocks off {v} with {years} hands aboard[|, on a calm night|, within sight of the lamps].",
     "On which rocks was the ship {ship} lost?", "{reef}"},
};

const FactForm* formOf(std::string_view kind)
{
    for (const FactForm& form : kForms) {
        if (form.kind == kind)
            return &form;
    }
    return nullptr;
}

// What `make` gives, made again until it is something no fact has said before.
template <typename Make> std::string unique(World& world, const std::string& what, Make make)
{
    for (;;) {
        std::string words = make();
        if (world.claim(joined({what, " ", words})))
            return words;
    }
}

std::string colorAndWord(Scene& scene)
{
    return joined({capitalised(scene.fill("~color")), " ", capitalised(scene.fill("~word"))});
}

// The fact's own gaps are drawn anew for every fact, and where it is an answer, given once: the annals can be
// asked for it. Those about the scene's people stay true to them.
void setTheFactsGaps(Scene& fact, const Person& subject)
{
    World& world = fact.world();
    SplitMix& random = world.random();
    const Person& other = world.people()[static_cast<std::size_t>(world.newPerson(fact.year()))];
    fact.set("v-person", other.full());
    fact.set("past", std::to_string(fact.year() - random.between(0, 60)));
    fact.set("years", numberWord(random.between(5, 39)));
    fact.set("p-born", std::to_string(subject.born));
}

// Gaps that are given once in the annals, each made when a fact asks for it.
std::string answerOf(Scene& fact, const std::string& gap)
{
    World& world = fact.world();
    SplitMix& random = world.random();
    if (gap == "date")
        return unique(world, gap, [&] {
            return joined({fact.fill("~day"), " day of ", fact.fill("~month")});
        });
    if (gap == "height")
        return unique(world, gap, [&] { return numberWord(random.between(31, 160)); });
    if (gap == "village")
        return joined({expand("[Little |Nether |Long ||]", random, {}), world.newName(World::Kind::Place),
                       expand("[| Green|-under-Hill| Cross]", random, {})});
    if (gap == "office")
        return unique(world, gap, [&] {
            return joined(
                {expand("[Keeper|Warden|Reader|Steward|Clerk|Surveyor|Marshal|Almoner] of the ", random, {}),
                 capitalised(fact.fill("~color")), " ",
                 expand(
                     "[Seals|Fords|Granaries|Tides|Roads|Rolls|Beacons|Orchards|Docks|Lamps|Walls|Couriers]",
                     random, {})});
        });
    if (gap == "bellname")
        return unique(world, gap, [&] {
            return random.chance(30) ? fact.fill("~bell") : joined({"the ", colorAndWord(fact)});
        });
    if (gap == "watchword")
        return unique(world, gap, [&] { return joined({fact.fill("~word"), " and ", fact.fill("~bird")}); });
    return unique(world, gap, [&] { return colorAndWord(fact); }); // treename, reef
}

AnnalsFact state(const FactForm& form, Scene& scene, const std::string& start)
{
    const Person subject = scene.world().people()[static_cast<std::size_t>(scene.person('p'))];
    Scene fact(scene.world(), scene.year(), {});
    setTheFactsGaps(fact, subject);
    const auto speaksOf = [&form](const char* gap) {
        return (std::string(form.start) + std::string(form.rest)).find(joined({"{", gap, "}"})) !=
               std::string::npos;
    };
    for (const char* shared : {"p", "t", "work", "ship"}) {
        // Only where the form speaks of it: titles are given once and would run out.
        if (speaksOf(shared))
            fact.set(shared, scene.fill(shared));
    }
    for (const char* gap :
         {"date", "height", "village", "office", "bellname", "watchword", "treename", "reef"}) {
        if (speaksOf(gap))
            fact.set(gap, answerOf(fact, gap));
    }
    const auto fill = [&fact](std::string_view gap) { return fact.fill(gap); };
    SplitMix& random = scene.world().random();
    AnnalsFact told;
    told.kind = form.kind;
    told.start = start;
    told.continuation = expand(form.rest, random, fill);
    told.question = expand(form.question, random, fill);
    told.answer = expand(form.answer, random, fill);
    return told;
}

} // namespace

std::optional<AnnalsFact> FactTeller::tell(Scene& scene, std::string_view kinds)
{
    std::istringstream names{std::string(kinds)};
    for (std::string kind; names >> kind;) {
        const FactForm* form = formOf(kind);
        if (!form)
            continue;
        const std::string start = expand(form->start, scene.world().random(),
                                         [&](std::string_view gap) { return scene.fill(gap); });
        if (m_told.insert(start).second)
            return state(*form, scene, start);
    }
    return std::nullopt;
}

} // namespace lectern::annals
