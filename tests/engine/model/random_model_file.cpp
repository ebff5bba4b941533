// random_model_file ARCHITECTURE F32|F16 FILE: writes the random model that a golden is made of and prints
// the golden's tokens, so that another program can be asked for its logits.
#include "tests/support/model_fixture.h"
#include "tests/support/random_architecture.h"

#include <cstdio>

using namespace lectern;
using namespace lectern::test;

int main(int argc, char** argv)
{
    const auto type = argc == 4 ? tensorTypeByName(argv[2]) : std::nullopt;
    if (!type) {
        std::fprintf(stderr, "use: random_model_file ARCHITECTURE F32|F16 FILE\n");
        return 2;
    }
    const std::string error = randomArchitecture(argv[1], *type, kGoldenSeed).write(argv[3]);
    std::fputs(error.c_str(), stderr);
    for (const std::int32_t token : randomTokens(kGoldenTokens, kGoldenVocabulary, kGoldenTokenSeed))
        std::printf("%d ", token);
    return error.empty() ? 0 : 1;
}
