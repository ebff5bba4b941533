// One story's cast and props: fills the gaps of its text and keeps them the same to its end.
#pragma once

#include "resources/sample/annals_world.h"

#include <map>
#include <string>
#include <string_view>

namespace lectern::annals {

class Scene {
public:
    // `world` must outlive the scene.
    Scene(World& world, int year, std::string ruler) : m_world(world), m_year(year), m_ruler(std::move(ruler))
    {
    }

    // {p} {q} {r}: people; {p.first} {p.he} {p.his} {p.him}. {t} {u} {v}: towns; {t.river}. {y}, {ruler}.
    // {work}, {ship}: new titles. {~n}, {~many}, {~day}, {~ord}: new numbers each time. Else a word of the
    // list of that name (digits at its end tell several apart), new each time after "~".
    std::string fill(std::string_view gap);
    // Expands, fills, and starts every sentence with a capital.
    std::string tell(std::string_view phrase);

    int year() const { return m_year; }
    World& world() { return m_world; }
    // Index of the person or town a letter stands for; chosen when first asked for.
    int person(char letter);
    int town(char letter);
    // Gives a gap its words ahead of use.
    void set(const std::string& gap, std::string words) { m_filled[gap] = std::move(words); }

private:
    std::string fillPerson(std::string_view gap);
    std::string fillNumber(std::string_view gap);
    std::string makeWords(std::string_view gap);
    std::string newTitle(bool ship);

    World& m_world;
    int m_year;
    std::string m_ruler;
    std::map<char, int> m_people, m_towns;
    std::map<std::string, std::string, std::less<>> m_filled;
};

} // namespace lectern::annals
