#include "resources/sample/annals_generator.h"

#include "resources/sample/annals_episodes.h"
#include "resources/sample/annals_facts.h"
#include "resources/sample/annals_grammar.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <span>

namespace lectern {

namespace {

using namespace annals;

constexpr std::size_t kTextBytes = 430'000; // the annals end with the year that passes this
constexpr std::uint64_t kSeed = 7;
constexpr int kFirstYear = 101;
constexpr int kFactsLeftOut = 30; // percent: not every story is told with every fact it could state

constexpr const char* kPreface = "These are the annals of Ostrevar, from the founding of the common seal to "
                                 "our own day, set down by the clerks of the "
                                 "Long Hall and copied fair by many hands. Each year has its own entry and, "
                                 "as the custom is, its own name. Where the "
                                 "clerks disagreed, the older hand was followed; where the older hand could "
                                 "not be read, the better story was. What is "
                                 "said here of vaults, towers, bells and archives was taken from the town "
                                 "books and may be relied upon. What is said of "
                                 "foxes may not.";

constexpr const char* kAccession[] = {
    "{ruler} came to the throne on the {~day} of {~month}, [in a borrowed cloak|with little ceremony|to the "
    "sound of every bell in the "
    "capital]. The first act of the reign was to [pardon the debtors of {t}|have the palace windows "
    "washed|ask the age of every "
    "counselor]. It was [a hopeful time|thought that it would not last|a reign that began with rain].",
    "Nobody had looked for {ruler} to reign. [Two cousins stood nearer|There was an elder brother, who "
    "preferred bees|The heir had "
    "gone to sea], but on the {~day} of {~month} the crown was [offered, declined, and offered again|found "
    "to fit|brought to {t} in a "
    "basket of {good}]. So the reign began, and [the clerks cut new pens|prices rose for a week].",
    "With {ruler} the annals take up a new roll. [The old court was sent home with gifts|The palace was "
    "opened to petitioners on every "
    "{~ord} day|A fast was held, and then a feast], and riders carried the news as far as {t}, where [it was "
    "not believed until "
    "{~month}|{~n} oxen were roasted|the watch asked who had reigned before].",
};

constexpr const char* kReignEnd[] = {
    "{ruler} died in this year, on the {~day} of {~month}, [in bed, and in good temper|while reading "
    "petitions|after a dish of eels]. "
    "[The bells were muffled with wool|All the lamps on the river were put out|The {~bird} were noisy that "
    "night], and the roll was closed.",
    "In {month} {ruler} laid down the crown [of free will|upon the council table|and asked for the key to "
    "the orchard], and lived {~n} "
    "years more [at {t}|in a small house with a great many clocks], which is not written of here.",
};

constexpr const char* kLeadIn =
    "[So much is certain|The parish books add a line|A note in the margin gives more|"
    "One thing more is known|The clerks kept this too|The town book agrees|"
    "Later hands have added to this|It should not be forgotten].";

class AnnalsWriter {
public:
    Annals write();

private:
    void reign(int number);
    void year();
    void story();
    void paragraph(const std::string& text);
    void beat(Scene& scene, std::string_view text);
    void endParagraph();
    std::string ruler();
    std::string yearName();
    bool done() const { return m_annals.text.size() >= kTextBytes; }

    World m_world{kSeed};
    SplitMix m_random{kSeed + 1};
    FactTeller m_facts;
    Annals m_annals;
    std::deque<const char*> m_recent; // stories told lately
    int m_year = kFirstYear;
    std::string m_ruler;
    bool m_inParagraph = false;
};

template <std::size_t N> const char* pick(SplitMix& random, const char* const (&choices)[N])
{
    return choices[random.below(N)];
}

std::string joinedLines(std::string_view text)
{
    std::string out(text);
    std::replace(out.begin(), out.end(), '\n', ' ');
    return out;
}

// The parts of `text` between separators, white space at their ends taken off.
std::vector<std::string> parts(std::string_view text, std::string_view separator)
{
    std::vector<std::string> out;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        std::string_view part = text.substr(begin, end - begin);
        while (!part.empty() && (part.front() == ' ' || part.front() == '\n'))
            part.remove_prefix(1);
        while (!part.empty() && (part.back() == ' ' || part.back() == '\n'))
            part.remove_suffix(1);
        out.emplace_back(part);
        begin = end + separator.size();
    }
    return out;
}

Annals AnnalsWriter::write()
{
    m_annals.text = "# The Annals of Ostrevar\n\n";
    paragraph(kPreface);
    for (int number = 1; !done(); ++number)
        reign(number);
    paragraph("Here the roll ends. What came after is not yet old enough to be written down.");
    return std::move(m_annals);
}

std::string AnnalsWriter::ruler()
{
    const bool queen = m_random.chance(50);
    return (queen ? "Queen " : "King ") + m_world.newName(queen ? World::Kind::Queen : World::Kind::King);
}

std::string AnnalsWriter::yearName()
{
    Scene scene(m_world, m_year, m_ruler);
    for (;;) {
        const bool birds = m_random.chance(50);
        const std::string name = joined(
            {capitalised(scene.fill("~color")), " ", capitalised(scene.fill(birds ? "~bird" : "~word"))});
        if (m_world.claim("year " + name))
            return name;
    }
}

void AnnalsWriter::reign(int number)
{
    m_ruler = ruler();
    const int last = m_year + m_random.between(12, 26);
    m_annals.text += "## Book the " + capitalised(ordinalWord(number)) + ": The Reign of " + m_ruler + "\n\n";
    Scene opening(m_world, m_year, m_ruler);
    paragraph(opening.tell(pick(m_random, kAccession)));
    for (; m_year < last && !done(); ++m_year)
        year();
    if (done())
        return;
    Scene closing(m_world, m_year, m_ruler);
    paragraph(closing.tell(pick(m_random, kReignEnd)));
}

void AnnalsWriter::year()
{
    m_annals.text +=
        "### The year " + std::to_string(m_year) + ", called the Year of the " + yearName() + "\n\n";
    Scene scene(m_world, m_year, m_ruler);
    const auto notes = yearNotes();
    paragraph(scene.tell(notes[m_random.below(notes.size())]));
    const int stories = m_random.between(1, 3);
    for (int i = 0; i < stories; ++i)
        story();
}

void AnnalsWriter::story()
{
    constexpr std::size_t kApart = 12; // stories between two tellings of one
    const std::span<const char* const> shelves[] = {courtStories(), tradeStories(), landStories(),
                                                    learnedStories()};
    const char* chosen = nullptr;
    do {
        const auto shelf = shelves[m_random.below(std::size(shelves))];
        chosen = shelf[m_random.below(shelf.size())];
    } while (std::find(m_recent.begin(), m_recent.end(), chosen) != m_recent.end());
    m_recent.push_back(chosen);
    if (m_recent.size() > kApart)
        m_recent.pop_front();

    Scene scene(m_world, m_year, m_ruler);
    for (const std::string& text : parts(chosen, "\n\n"))
        beat(scene, text);
    endParagraph();
}

void AnnalsWriter::beat(Scene& scene, std::string_view text)
{
    if (text == "--")
        return endParagraph();
    std::string sentence;
    if (text.starts_with('@')) {
        if (m_random.chance(kFactsLeftOut))
            return;
        std::optional<AnnalsFact> fact = m_facts.tell(scene, text.substr(1));
        if (!fact)
            return;
        // A paragraph never opens with a name: its first word would be another token there than after a
        // space.
        if (!m_inParagraph && !fact->start.starts_with("The "))
            beat(scene, kLeadIn);
        sentence = fact->start + fact->continuation;
        fact->offset = m_annals.text.size() + (m_inParagraph ? 1 : 0);
        m_annals.facts.push_back(std::move(*fact));
    } else {
        const auto ways = parts(text, "//");
        std::string_view way = ways[m_random.below(ways.size())];
        if (way.starts_with('?')) {
            if (m_random.chance(50))
                return;
            way.remove_prefix(2);
        }
        sentence = scene.tell(joinedLines(way));
    }
    m_annals.text += (m_inParagraph ? " " : "") + sentence;
    m_inParagraph = true;
}

void AnnalsWriter::endParagraph()
{
    if (m_inParagraph)
        m_annals.text += "\n\n";
    m_inParagraph = false;
}

void AnnalsWriter::paragraph(const std::string& text)
{
    m_annals.text += text;
    m_inParagraph = true;
    endParagraph();
}

} // namespace

Annals generateAnnals()
{
    return AnnalsWriter().write();
}

std::string annalsFactsJson(const Annals& annals)
{
    nlohmann::json list = nlohmann::json::array();
    for (const AnnalsFact& fact : annals.facts) {
        list.push_back({{"kind", fact.kind},
                        {"start", fact.start},
                        {"continuation", fact.continuation},
                        {"question", fact.question},
                        {"answer", fact.answer},
                        {"offset", fact.offset}});
    }
    return list.dump(1) + "\n";
}

} // namespace lectern
