#include "resources/sample/annals_world.h"

#include "resources/sample/annals_grammar.h"

#include <algorithm>
#include <array>

namespace lectern::annals {

namespace {

constexpr std::array kGivenStart{"Al",  "An",  "Bel", "Bren", "Cae", "Cor",  "Dar", "Del", "Ed",
                                 "El",  "Fen", "Gal", "Hal",  "Hes", "Il",   "Jor", "Kel", "Lor",
                                 "Mar", "Mel", "Nev", "Or",   "Pel", "Quen", "Ros", "Sel", "Tam",
                                 "Ul",  "Ver", "Wen", "Yor",  "Zan", "Ist",  "Od",  "Tir", "Mav"};
constexpr std::array kWomanEnd{"ine", "is",   "ora",  "wyn", "etta", "une",
                               "ild", "anna", "essa", "iel", "ith",  "ara"};
constexpr std::array kManEnd{"an", "ric", "o", "mund", "ek", "or", "ain", "ulf", "ent", "ys", "avar", "in"};
// No one but rulers has a name that begins like these.
constexpr std::array kRulerStart{"Ilv", "Vald", "Aur",  "Isem", "Thal", "Gwin",
                                 "Erm", "Rhod", "Sunn", "Ost",  "Hild", "Arv"};
constexpr std::array kFamilyStart{"Ash",   "Bar",   "Bram",   "Cold",  "Dun",   "Ester",   "Fal",   "Garr",
                                  "Hol",   "Ingle", "Kester", "Lang",  "Mord",  "Nether",  "Oak",   "Penn",
                                  "Quin",  "Rav",   "Sar",    "Thorn", "Under", "Vane",    "Apple", "Birch",
                                  "Crow",  "Drift", "Ember",  "Frost", "Gold",  "Heather", "Iron",  "Jarr",
                                  "Knoll", "Lark",  "Mist",   "Nor",   "Otter", "Pike",    "Rook",  "Stone",
                                  "Tarr",  "Umber", "Wether", "Yew",   "Wil",   "Yarr"};
constexpr std::array kFamilyEnd{"ley",   "more", "ick",  "wood",  "itt",   "ander", "by",    "rell", "ow",
                                "stane", "ard",  "fell", "worth", "combe", "burn",  "hurst", "den",  "gar"};
constexpr std::array kPlaceStart{
    "Tor",  "Mel",   "Har",  "Els",  "Brin",  "Cal",   "Dor",   "Esk",  "Fen",  "Gras", "Hov",   "Isk",
    "Jun",  "Kar",   "Lun",  "Myr",  "Nar",   "Orm",   "Pask",  "Rill", "Sund", "Tarn", "Uln",   "Vos",
    "Wex",  "Yst",   "Zell", "Ober", "Quar",  "Stell", "Bor",   "Cham", "Dell", "Ebb",  "Frith", "Gorm",
    "Hurl", "Imber", "Kell", "Lark", "Mossa", "Nim",   "Prill", "Roth", "Skel", "Thrum"};
constexpr std::array kPlaceEnd{"und",   "mere",  "ath", "holt", "isk",   "avin", "gate",
                               "moor",  "ensee", "ost", "ulla", "wick",  "orne", "adell",
                               "brand", "emar",  "ley", "stow", "combe", "ford"};
constexpr std::array kRiverStart{"Ae",  "Bri", "Cle", "Dwy", "Eir", "Flo", "Gly", "Hae", "Isa",
                                 "Lea", "Mae", "Nio", "Ou",  "Rhu", "Sae", "Tey", "Vyr", "Wis"};
constexpr std::array kRiverEnd{"dra", "le", "mon", "nne", "rra", "sk", "th", "veld", "wen", "lla"};
constexpr std::array kTownForms{"Harbor ", "Harbor ", "Castle ", "Old ", "Upper ", "Saint's ",
                                "",        "",        "",        "",     "",       "Abbey "};

template <std::size_t N> std::string pick(SplitMix& random, const std::array<const char*, N>& words)
{
    return words[random.below(N)];
}

} // namespace

World::World(std::uint64_t seed) : m_random(seed)
{
    constexpr int kRivers = 14, kTowns = 110, kFamilies = 640;
    std::vector<std::string> rivers;
    for (int i = 0; i < kRivers; ++i)
        rivers.push_back(newName(Kind::River));
    for (int i = 0; i < kTowns; ++i) {
        const std::string form = pick(m_random, kTownForms);
        m_towns.push_back({form + newName(Kind::Place), rivers[m_random.below(rivers.size())]});
    }
    for (int i = 0; i < kFamilies; ++i)
        m_families.push_back(newName(Kind::Family));
}

std::string World::sound(Kind kind)
{
    switch (kind) {
    case Kind::Given:
        return pick(m_random, kGivenStart);
    case Kind::Family:
        return joined({pick(m_random, kFamilyStart), pick(m_random, kFamilyEnd)});
    case Kind::Place:
        return joined({pick(m_random, kPlaceStart), pick(m_random, kPlaceEnd)});
    case Kind::Queen:
        return joined({pick(m_random, kRulerStart), pick(m_random, kWomanEnd)});
    case Kind::King:
        return joined({pick(m_random, kRulerStart), pick(m_random, kManEnd)});
    case Kind::River:
        break;
    }
    return joined({pick(m_random, kRiverStart), pick(m_random, kRiverEnd)});
}

std::string World::newName(Kind kind)
{
    for (;;) {
        std::string name = sound(kind);
        if (m_used.insert(name).second)
            return name;
    }
}

int World::newPerson(int year)
{
    Person person;
    person.woman = m_random.chance(50);
    // First names come from a few hundred; within a family no two end alike, so that full names are never
    // given twice and the end of a first name tells people apart.
    do {
        person.first =
            joined({sound(Kind::Given), person.woman ? pick(m_random, kWomanEnd) : pick(m_random, kManEnd)});
        person.family = m_families[m_random.below(m_families.size())];
    } while (!claim("kin " + person.first.substr(person.first.size() - 2) + " " + person.family));
    person.born = year - m_random.between(22, 58);
    person.town = someTown();
    m_people.push_back(person);
    return static_cast<int>(m_people.size()) - 1;
}

int World::someone(int year)
{
    if (!m_people.empty() && m_random.chance(25)) {
        const std::size_t recent = std::min<std::size_t>(m_people.size(), 40);
        const std::size_t index = m_people.size() - 1 - m_random.below(recent);
        if (year - m_people[index].born < 70)
            return static_cast<int>(index);
    }
    return newPerson(year);
}

} // namespace lectern::annals
