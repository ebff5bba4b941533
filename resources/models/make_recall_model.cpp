// Build-time program: make_recall_model TOKENIZER_MODEL.gguf OUT.gguf
#include "resources/models/recall_model.h"

#include <cstdio>

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: make_recall_model TOKENIZER_MODEL.gguf OUT.gguf\n");
        return 2;
    }
    const auto written = lectern::writeRecallModel(argv[1], argv[2]);
    if (written)
        return 0;
    std::fprintf(stderr, "make_recall_model: %s %s\n", written.error().message.c_str(),
                 written.error().hint.c_str());
    return 3;
}
