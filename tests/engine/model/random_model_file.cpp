// random_model_file ARCHITECTURE TYPE FILE [REFERENCE OURS]: writes the random model that a golden is made of
// and prints the golden's tokens, so that another program can be asked for its logits; REFERENCE gets those
// of the float64 forward pass as raw doubles, keys and values unrounded. Types with blocks get a model of
// wider rows.
#include "tests/support/model_fixture.h"
#include "tests/support/random_architecture.h"

#include <cstdio>
#include <fstream>

using namespace lectern;
using namespace lectern::test;

int main(int argc, char** argv)
{
    const auto type = argc == 4 || argc == 6 ? tensorTypeByName(argv[2]) : std::nullopt;
    if (!type) {
        std::fprintf(stderr, "use: random_model_file ARCHITECTURE TYPE FILE [REFERENCE OURS]\n");
        return 2;
    }
    const bool blocks = tensorTypeInfo(*type)->blockElements > 1;
    const RandomGguf model = randomArchitecture(argv[1], *type, kGoldenSeed,
                                                blocks ? ArchitectureWidth::Wide : ArchitectureWidth::Small);
    const std::string error = model.write(argv[3]);
    std::fputs(error.c_str(), stderr);
    const auto tokens = randomTokens(kGoldenTokens, kGoldenVocabulary, kGoldenTokenSeed);
    for (const std::int32_t token : tokens)
        std::printf("%d ", token);
    if (argc == 6 && error.empty()) {
        std::ofstream reference(argv[4], std::ios::binary), ours(argv[5], std::ios::binary);
        for (const auto& row : referenceLogits(model.reference, tokens, causal, CachedNumbers::Exact))
            reference.write(reinterpret_cast<const char*>(row.data()),
                            std::streamsize(row.size() * sizeof(double)));
        const auto opened = Model::open(argv[3]);
        if (!opened)
            return 1;
        const LayerPlan plan = parsePlan("full", (*opened)->planShape(), {}).value();
        for (const auto& row : modelLogits(*opened, plan, tokens, {150, 120, 28, 1, 1}, 2, KvType::F32))
            ours.write(reinterpret_cast<const char*>(row.data()),
                       std::streamsize(row.size() * sizeof(float)));
    }
    return error.empty() ? 0 : 1;
}
