#include "tests/engine/run/chain_model.h"

namespace lectern::test {

namespace {

constexpr int kWidth = 64; // of the residual stream: one number a token
constexpr std::int64_t kNormal = 1, kUnknown = 2, kControl = 3, kByte = 6; // tokenizer.ggml.token_type

std::vector<std::byte> floatBytes(const std::vector<float>& values)
{
    const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
    return {bytes, bytes + values.size() * sizeof(float)};
}

} // namespace

int chainToken(const Chain& chain, const std::string& piece)
{
    for (std::size_t i = 0; i < chain.size(); ++i)
        if (chain[i].first == piece)
            return static_cast<int>(i) + 3;
    return 2;
}

RandomGguf chainModel(const Chain& chain)
{
    RandomShape shape;
    shape.layers = 1;
    shape.headDim = 16;
    shape.embedding = kWidth;
    shape.feedForward = 32;
    shape.vocabulary = static_cast<int>(chain.size()) + 3;
    RandomGguf file(shape);
    for (const char* name : {"blk.0.attn_output.weight", "blk.0.ffn_down.weight"}) {
        std::vector<std::byte>& bytes = file.tensors[name].bytes;
        bytes.assign(bytes.size(), std::byte{0});
    }
    std::vector<std::string> pieces{"<unk>", "<s>", "</s>"};
    std::vector<std::int64_t> types{kUnknown, kControl, kControl};
    const auto cells = std::size_t(shape.vocabulary) * kWidth;
    std::vector<float> embedding(cells, 0.0f), output(cells, 0.0f);
    for (int token = 0; token < shape.vocabulary; ++token)
        embedding[std::size_t(token * kWidth + token)] = 1.0f;
    for (const auto& [piece, next] : chain) {
        output[std::size_t(chainToken(chain, next) * kWidth + chainToken(chain, piece))] = 1.0f;
        pieces.push_back(piece);
        types.push_back(piece.starts_with("<0x") ? kByte : kNormal);
    }
    file.tensors["token_embd.weight"].bytes = floatBytes(embedding);
    file.tensors["output.weight"].bytes = floatBytes(output);
    file.keys["general.name"] = std::string("Chain");
    file.keys["tokenizer.ggml.model"] = std::string("llama");
    file.keys["tokenizer.ggml.tokens"] = pieces;
    file.keys["tokenizer.ggml.scores"] = std::vector<float>(pieces.size(), 0.0f);
    file.keys["tokenizer.ggml.token_type"] = types;
    file.keys["tokenizer.ggml.bos_token_id"] = std::uint64_t{1};
    file.keys["tokenizer.ggml.eos_token_id"] = std::uint64_t{2};
    file.keys["tokenizer.ggml.unknown_token_id"] = std::uint64_t{0};
    return file;
}

} // namespace lectern::test
