#include "resources/sample/annals_scene.h"

#include "resources/sample/annals_grammar.h"
#include "resources/sample/annals_words.h"

#include <algorithm>

namespace lectern::annals {

namespace {

constexpr std::string_view kPeople = "pqr";
constexpr std::string_view kTowns = "tuv";

std::string pickWord(SplitMix& random, std::string_view list)
{
    while (!list.empty() && list.back() >= '0' && list.back() <= '9')
        list.remove_suffix(1);
    const auto words = wordList(list);
    return words.empty() ? std::string(list) : std::string(words[random.below(words.size())]);
}

std::string capitalSentences(std::string text)
{
    text = capitalised(std::move(text));
    for (std::size_t i = 2; i < text.size(); ++i) {
        if (text[i - 2] == '.' && text[i - 1] == ' ')
            text[i] = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 'a' + 'A') : text[i];
    }
    return text;
}

} // namespace

std::string Scene::tell(std::string_view phrase)
{
    return capitalSentences(
        expand(phrase, m_world.random(), [this](std::string_view gap) { return fill(gap); }));
}

std::string Scene::fill(std::string_view gap)
{
    if (gap.empty())
        return {};
    if (const auto found = m_filled.find(gap); found != m_filled.end())
        return found->second;
    const bool single = gap.size() == 1 || gap[1] == '.';
    if (single && kPeople.find(gap[0]) != std::string_view::npos)
        return fillPerson(gap);
    if (single && kTowns.find(gap[0]) != std::string_view::npos) {
        const Town& place = m_world.towns()[static_cast<std::size_t>(town(gap[0]))];
        return gap.ends_with(".river") ? place.river : place.name;
    }
    if (gap == "y")
        return std::to_string(m_year);
    if (gap == "ruler")
        return m_ruler;
    if (gap[0] == '~') {
        const std::string number = fillNumber(gap.substr(1));
        return number.empty() ? pickWord(m_world.random(), gap.substr(1)) : number;
    }
    std::string words = makeWords(gap);
    // {word2} is another word than {word}.
    for (auto first = m_filled.find(gap.substr(0, gap.size() - 1));
         first != m_filled.end() && first->second == words;)
        words = makeWords(gap);
    m_filled.emplace(std::string(gap), words);
    return words;
}

int Scene::person(char letter)
{
    if (const auto found = m_people.find(letter); found != m_people.end())
        return found->second;
    const auto taken = [this](int index) {
        return std::any_of(m_people.begin(), m_people.end(),
                           [index](const auto& p) { return p.second == index; });
    };
    int chosen = m_world.someone(m_year);
    while (taken(chosen))
        chosen = m_world.newPerson(m_year);
    m_people.emplace(letter, chosen);
    return chosen;
}

int Scene::town(char letter)
{
    if (const auto found = m_towns.find(letter); found != m_towns.end())
        return found->second;
    const auto taken = [this](int index) {
        return std::any_of(m_towns.begin(), m_towns.end(),
                           [index](const auto& t) { return t.second == index; });
    };
    int chosen = m_world.someTown();
    while (taken(chosen))
        chosen = m_world.someTown();
    m_towns.emplace(letter, chosen);
    return chosen;
}

std::string Scene::fillPerson(std::string_view gap)
{
    const Person& who = m_world.people()[static_cast<std::size_t>(person(gap[0]))];
    if (gap.ends_with(".first"))
        return who.first;
    if (gap.ends_with(".he"))
        return who.woman ? "she" : "he";
    if (gap.ends_with(".his"))
        return who.woman ? "her" : "his";
    if (gap.ends_with(".him"))
        return who.woman ? "her" : "him";
    return who.full();
}

std::string Scene::fillNumber(std::string_view gap)
{
    SplitMix& random = m_world.random();
    if (gap == "n")
        return numberWord(random.between(3, 19));
    if (gap == "many")
        return numberWord(random.between(2, 9)) + " hundred";
    if (gap == "day" || gap == "ord")
        return ordinalWord(random.between(gap == "day" ? 1 : 3, gap == "day" ? 28 : 9));
    return {};
}

std::string Scene::makeWords(std::string_view gap)
{
    SplitMix& random = m_world.random();
    if (gap == "work" || gap == "ship")
        return newTitle(gap == "ship");
    if (gap == "code") {
        const auto number = [&random](int low, int high) {
            return std::to_string(random.between(low, high));
        };
        return joined({number(2, 9), "-", number(10, 99), "-", number(10, 99)});
    }
    if (gap == "mark") {
        std::string mark(2, 'A');
        for (char& letter : mark)
            letter = static_cast<char>('A' + random.between(0, 25));
        return mark + "-" + std::to_string(random.between(100, 999));
    }
    return pickWord(random, gap);
}

std::string Scene::newTitle(bool ship)
{
    SplitMix& random = m_world.random();
    const auto word = [&](std::string_view list) { return capitalised(pickWord(random, list)); };
    for (;;) {
        std::string title = joined({word("color"), " ", word("word")});
        if (!ship) {
            const std::size_t form = random.below(4);
            title = form == 0   ? joined({"The ", word("word"), " and the ", word("word")})
                    : form == 1 ? joined({"On ", word("bird"), " and Their ", word("word"), "s"})
                    : form == 2 ? "Songs of the " + title
                                : "The Book of the " + title;
        }
        if (m_world.claim(title))
            return title;
    }
}

} // namespace lectern::annals
