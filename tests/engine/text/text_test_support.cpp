#include "tests/engine/text/text_test_support.h"

#include "engine/text/byte_alphabet.h"
#include "engine/text/utf8.h"

#include <pthread.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <random>

namespace lectern::test {

namespace {

void add(Vocabulary& vocabulary, std::string piece, float score, TokenType type)
{
    vocabulary.pieces.push_back(std::move(piece));
    vocabulary.scores.push_back(score);
    vocabulary.types.push_back(type);
}

// Pieces that build on each other: "▁the" from "▁" + "the" from "th" + "e", ...
constexpr std::array<const char*, 24> kLonger = {"th",  "he",   "the", "▁the", "▁a",   "in",   "er", "an",
                                                 "and", "▁and", "on",  "ing",  "▁▁",   "▁▁▁▁", "▁t", "re",
                                                 "es",  "st",   "est", "aa",   "aaaa", "中国", "11", "😀😀"};

} // namespace

QString sharedPath(const QString& relative)
{
    const QByteArray given = qgetenv("LECTERN_SHARED");
    const QString root =
        given.isEmpty() ? QStringLiteral(LECTERN_SOURCE_DIR "/../shared") : QString::fromLocal8Bit(given);
    return root + QLatin1Char('/') + relative;
}

Vocabulary sentencePieceVocabulary()
{
    Vocabulary out;
    add(out, "<unk>", 0, TokenType::Unknown);
    add(out, "<s>", 0, TokenType::Control);
    add(out, "</s>", 0, TokenType::Control);
    add(out, "<|user|>", 0, TokenType::UserDefined);
    for (int byte = 0; byte < 256; ++byte) {
        char piece[8];
        std::snprintf(piece, sizeof(piece), "<0x%02X>", byte);
        add(out, piece, 0, TokenType::Byte);
    }
    float score = -1;
    for (const char* piece : kLonger)
        add(out, piece, score -= 1, TokenType::Normal);
    for (char c = '!'; c <= '~'; ++c)
        add(out, std::string(1, c), score -= 1, TokenType::Normal);
    for (const char* piece : {"▁", "中", "国", "é", "😀", "<|", "|>", "user", "<s", "us"})
        add(out, piece, score -= 1, TokenType::Normal);
    out.unk = 0;
    out.bos = 1;
    out.eos = 2;
    out.addBos = true;
    findEndOfGeneration(out);
    return out;
}

Vocabulary unigramVocabulary()
{
    Vocabulary out = sentencePieceVocabulary();
    out.kind = VocabularyKind::Unigram;
    for (float& score : out.scores)
        score *= 0.1f;
    return out;
}

Vocabulary byteVocabulary(const std::string& preTokenizer)
{
    Vocabulary out;
    out.kind = VocabularyKind::ByteBpe;
    out.preTokenizer = preTokenizer;
    for (int byte = 0; byte < 256; ++byte)
        add(out, byteCharacter(static_cast<std::uint8_t>(byte)), 0, TokenType::Normal);
    for (const char* merge : {"t h", "th e", "Ġ t", "Ġt h", "Ġth e", "a n", "an d", "i n", "Ġ Ġ", "ĠĠ ĠĠ",
                              "a a", "aa aa", "1 2", "12 3", "ä ¸", "ä¸ Ń", "ð Ł", "ðŁ ĺ"}) {
        std::string joined = merge;
        joined.erase(joined.find(' '), 1);
        out.merges.push_back(merge);
        add(out, joined, 0, TokenType::Normal);
    }
    add(out, "<|endoftext|>", 0, TokenType::Control);
    add(out, "<|im_start|>", 0, TokenType::Control);
    out.eos = static_cast<TokenId>(out.pieces.size() - 2);
    findEndOfGeneration(out);
    return out;
}

std::string mixedScriptText(std::size_t bytes, unsigned seed)
{
    struct Range {
        std::uint32_t first, last;
    };
    static constexpr std::array<Range, 16> kScripts = {{{'a', 'z'},
                                                        {'A', 'Z'},
                                                        {'0', '9'},
                                                        {0x21, 0x2F},
                                                        {0xC0, 0xFF},
                                                        {0x391, 0x3C9},
                                                        {0x410, 0x44F},
                                                        {0x5D0, 0x5EA},
                                                        {0x627, 0x64A},
                                                        {0x905, 0x939},
                                                        {0xE01, 0xE30},
                                                        {0x3041, 0x3096},
                                                        {0x4E00, 0x9FA5},
                                                        {0xAC00, 0xD7A3},
                                                        {0x1F600, 0x1F64F},
                                                        {0x300, 0x36F}}};
    static constexpr std::array<const char*, 14> kBetween = {
        " ", " ", " ", " ", ", ", ". ", "\n", "\n\n", "\t", "    ", "\u00A0", "\u3000", "\r\n", "'s "};
    std::mt19937 random(seed);
    std::string out;
    while (out.size() < bytes) {
        const Range script = kScripts[random() % kScripts.size()];
        for (unsigned length = 1 + random() % 9; length > 0; --length)
            utf8::append(out, script.first + random() % (script.last - script.first + 1));
        if (random() % 16 == 0)
            out += "👩\u200D🚀";
        out += kBetween[random() % kBetween.size()];
    }
    return out;
}

std::string randomBytes(std::size_t bytes, unsigned seed)
{
    std::mt19937 random(seed);
    std::string out(bytes, '\0');
    for (char& c : out)
        c = static_cast<char>(random());
    return out;
}

namespace {

struct ThreadCall {
    const std::function<void()>* body;
    double seconds;
};

double threadSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void* runCall(void* argument)
{
    auto* call = static_cast<ThreadCall*>(argument);
    const double start = threadSeconds();
    (*call->body)();
    call->seconds = threadSeconds() - start;
    return nullptr;
}

} // namespace

double onSmallStack(std::size_t stackBytes, const std::function<void()>& body)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    stackBytes *= 8; // the sanitizers' own share
#endif
    pthread_attr_setstacksize(&attributes, stackBytes);
    ThreadCall call{&body, 0};
    pthread_t thread{};
    if (pthread_create(&thread, &attributes, runCall, &call) == 0)
        pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    return call.seconds;
}

} // namespace lectern::test
