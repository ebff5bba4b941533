// Build-time program: make_annals TEXT FIRST_BOOK FACTS.json
// FIRST_BOOK gets the text up to the second book, for models that can not read the whole.
#include "resources/sample/annals_generator.h"

#include <cstdio>
#include <fstream>

namespace {

bool writeFile(const char* path, const std::string& content)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << content << std::flush;
    if (!file)
        std::fprintf(stderr, "make_annals: can not write %s\n", path);
    return static_cast<bool>(file);
}

std::string firstBook(const std::string& text)
{
    const std::size_t first = text.find("\n## ");
    return text.substr(0, text.find("\n## ", first + 1));
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4) {
        std::fprintf(stderr, "usage: make_annals TEXT FIRST_BOOK FACTS.json\n");
        return 2;
    }
    const lectern::Annals annals = lectern::generateAnnals();
    const bool written = writeFile(argv[1], annals.text) && writeFile(argv[2], firstBook(annals.text)) &&
                         writeFile(argv[3], lectern::annalsFactsJson(annals));
    return written ? 0 : 4;
}
