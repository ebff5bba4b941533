#include "engine/text/sentencepiece_model.h"

#include <cstring>

namespace lectern {

namespace {

constexpr std::size_t kMostPieces = 1 << 22;

// One field of a message: a number, or the bytes of a text or inner message.
struct Field {
    std::uint32_t number = 0;
    std::uint64_t value = 0; // of a number; the bits of a float
    std::span<const std::byte> bytes;
};

class Message {
public:
    explicit Message(std::span<const std::byte> bytes) : m_rest(bytes) {}

    // False at the end, or where the bytes are no message: then broken() says so.
    bool next(Field& field)
    {
        if (m_rest.empty() || m_broken)
            return false;
        const std::uint64_t tag = varint();
        field = {static_cast<std::uint32_t>(tag >> 3), 0, {}};
        switch (tag & 7) {
        case 0: field.value = varint(); break;
        case 1: field.value = fixed<std::uint64_t>(); break;
        case 2: field.bytes = take(varint()); break;
        case 5: field.value = fixed<std::uint32_t>(); break;
        default: m_broken = true;
        }
        return !m_broken;
    }
    bool broken() const { return m_broken; }

private:
    std::span<const std::byte> take(std::uint64_t count)
    {
        if (m_broken || count > m_rest.size()) {
            m_broken = true;
            return {};
        }
        const auto taken = m_rest.first(static_cast<std::size_t>(count));
        m_rest = m_rest.subspan(taken.size());
        return taken;
    }
    template <typename T> std::uint64_t fixed()
    {
        const auto bytes = take(sizeof(T));
        T value{};
        if (!m_broken)
            std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }
    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const auto byte = take(1);
            if (m_broken)
                return 0;
            value |= (std::to_integer<std::uint64_t>(byte[0]) & 0x7f) << shift;
            if ((byte[0] & std::byte{0x80}) == std::byte{0})
                return value;
        }
        m_broken = true;
        return 0;
    }

    std::span<const std::byte> m_rest;
    bool m_broken = false;
};

std::string textOf(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool readPiece(Message message, Vocabulary& out)
{
    std::string piece;
    float score = 0;
    std::uint64_t type = 1;
    for (Field field; message.next(field);) {
        if (field.number == 1)
            piece = textOf(field.bytes);
        if (field.number == 2) {
            const auto bits = static_cast<std::uint32_t>(field.value);
            std::memcpy(&score, &bits, sizeof score);
        }
        if (field.number == 3)
            type = field.value;
    }
    out.pieces.push_back(std::move(piece));
    out.scores.push_back(score == score ? score : 0.0f);
    out.types.push_back(type >= 1 && type <= 6 ? static_cast<TokenType>(type) : TokenType::Normal);
    return !message.broken() && out.pieces.size() <= kMostPieces;
}

struct Trainer {
    std::uint64_t kind = 1; // 1: unigram, 2: BPE, 3: word, 4: char
    std::int32_t unk = 0, bos = 1, eos = 2, pad = -1;
    bool suffix = false;
};

bool readTrainer(Message message, Trainer& trainer)
{
    for (Field field; message.next(field);) {
        const auto id = static_cast<std::int32_t>(field.value);
        switch (field.number) {
        case 3: trainer.kind = field.value; break;
        case 24: trainer.suffix = field.value != 0; break;
        case 40: trainer.unk = id; break;
        case 41: trainer.bos = id; break;
        case 42: trainer.eos = id; break;
        case 43: trainer.pad = id; break;
        default: break;
        }
    }
    return !message.broken();
}

bool readNormaliser(Message message, Vocabulary& out)
{
    out.addSpacePrefix = out.removeExtraWhitespace = true; // what the format takes where nothing is said
    for (Field field; message.next(field);) {
        if (field.number == 2)
            for (const std::byte byte : field.bytes)
                out.charsmap.push_back(std::to_integer<std::uint8_t>(byte));
        if (field.number == 3)
            out.addSpacePrefix = field.value != 0;
        if (field.number == 4)
            out.removeExtraWhitespace = field.value != 0;
    }
    return !message.broken();
}

std::optional<TokenId> idWithin(std::int32_t id, const Vocabulary& out)
{
    return id >= 0 && std::size_t(id) < out.pieces.size() ? std::optional<TokenId>(id) : std::nullopt;
}

} // namespace

Result<Vocabulary> parseSentencePieceModel(std::span<const std::byte> bytes, const std::string& label)
{
    Vocabulary out;
    Trainer trainer;
    Message model(bytes);
    bool whole = true;
    for (Field field; whole && model.next(field);) {
        if (field.number == 1)
            whole = readPiece(Message(field.bytes), out);
        if (field.number == 2)
            whole = readTrainer(Message(field.bytes), trainer);
        if (field.number == 3)
            whole = readNormaliser(Message(field.bytes), out);
    }
    if (!whole || model.broken() || out.pieces.empty())
        return fail(ErrorCode::BadInput, label + " is not a SentencePiece model, or is damaged.",
                    "Download the file again.");
    if (trainer.kind != 1 && trainer.kind != 2)
        return fail(ErrorCode::Unsupported, label + " cuts text into words or characters, which Lectern does not do.",
                    "Use a model with a BPE or unigram tokenizer.");
    out.kind = trainer.kind == 2 ? VocabularyKind::SentencePieceBpe : VocabularyKind::Unigram;
    out.whitespaceAsSuffix = trainer.suffix;
    out.unk = idWithin(trainer.unk, out);
    out.bos = idWithin(trainer.bos, out);
    out.eos = idWithin(trainer.eos, out);
    out.pad = idWithin(trainer.pad, out);
    out.addBos = true;
    if (out.kind == VocabularyKind::SentencePieceBpe) {
        out.charsmap.clear();
        out.removeExtraWhitespace = false; // the published BPE models keep every space
    }
    return out;
}

} // namespace lectern
