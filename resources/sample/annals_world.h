// The invented country: who lives there and where. Every name is made up and given once.
#pragma once

#include "resources/split_mix.h"

#include <set>
#include <string>
#include <vector>

namespace lectern::annals {

struct Person {
    std::string first, family;
    bool woman = false;
    int born = 0; // year
    int town = 0; // index into World::towns()
    std::string full() const { return first + " " + family; }
};

struct Town {
    std::string name;  // as it stands in every sentence, e.g. "Harbor Elund"
    std::string river; // the water it lies on
};

class World {
public:
    explicit World(std::uint64_t seed);

    SplitMix& random() { return m_random; }
    const std::vector<Town>& towns() const { return m_towns; }
    const std::vector<Person>& people() const { return m_people; }

    // Index of a grown person alive in `year`: now and then one the annals have met before, mostly a new one.
    int someone(int year);
    int newPerson(int year);
    int someTown() { return static_cast<int>(m_random.below(m_towns.size())); }
    // True the first time a name is claimed.
    bool claim(const std::string& name) { return m_used.insert(name).second; }
    // A name never given before, in the sound of `kind`.
    enum class Kind { Given, Family, Place, River, Queen, King };
    std::string newName(Kind kind);

private:
    std::string sound(Kind kind);

    SplitMix m_random;
    std::set<std::string> m_used;
    std::vector<std::string> m_families;
    std::vector<Town> m_towns;
    std::vector<Person> m_people;
};

} // namespace lectern::annals
