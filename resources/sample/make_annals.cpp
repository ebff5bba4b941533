// Build-time program: make_annals TEXT FACTS.json
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

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: make_annals TEXT FACTS.json\n");
        return 2;
    }
    const lectern::Annals annals = lectern::generateAnnals();
    return writeFile(argv[1], annals.text) && writeFile(argv[2], lectern::annalsFactsJson(annals)) ? 0 : 4;
}
