// The texts of needle tests: filler of a given length with one or more needles hidden in it, and the question that asks
// for one of them.
#pragma once

#include "app/worker/experiment_values.h"

#include <random>

namespace lectern {

struct NeedleText {
    std::string text, question;
    std::string expected; // what the answer must hold
};

// The pieces of one trial; the same whatever its length, so that the length can be searched for.
class NeedlePuzzle {
public:
    // `asked`: the depth of the needle asked for. `continues`: the model only goes on with a text, so that the question
    // ends as the needle begins.
    NeedlePuzzle(const NeedleSettings& settings, double asked, bool continues, std::mt19937_64& random);
    // One needle of words at each of the settings' depths, in their order; every one of them is asked for.
    static NeedlePuzzle ofAllDepths(const NeedleSettings& settings, bool continues, std::mt19937_64& random);

    // With so many sentences of filler, taken from the start and from the start again where the filler ends,
    // and with the question of that number: 0 for the needle asked for, or the index of a depth.
    NeedleText make(std::size_t sentences, std::size_t asked = 0) const;

private:
    struct Needle {
        std::string sentence;
        double depth = 0;
    };
    struct Question {
        std::string text, expected;
    };
    explicit NeedlePuzzle(const NeedleSettings& settings);
    Question addPasskey(double depth, bool continues, std::mt19937_64& random);
    Question addWords(int index, int words, double depth, bool continues, std::mt19937_64& random);
    void sortNeedles();

    std::vector<std::string> m_filler; // sentences
    std::vector<Needle> m_needles;     // by depth
    std::vector<Question> m_questions;
};

// True if the answer holds what was expected, letters and digits alone being compared.
bool needleFound(const std::string& answer, const std::string& expected);

} // namespace lectern
