// The promises of Tokenizer and Detokenizer on small vocabularies made here.
#include "engine/base/result.h"
#include "engine/text/detokenizer.h"
#include "engine/text/pre_tokenizer.h"
#include "engine/text/tokenizer.h"
#include "engine/text/utf8.h"
#include "tests/engine/text/text_test_support.h"

#include <QTest>

#include <map>
#include <random>
#include <thread>

using namespace lectern;
using namespace lectern::test;

Q_DECLARE_METATYPE(Vocabulary)

namespace {

std::unique_ptr<Tokenizer> make(Vocabulary vocabulary)
{
    auto tokenizer = Tokenizer::create(std::move(vocabulary));
    if (!tokenizer)
        qWarning("%s", tokenizer.error().message.c_str());
    return tokenizer ? std::move(*tokenizer) : nullptr;
}

// SentencePiece BPE as its definition reads: look at all neighbours, merge the best, again.
std::vector<TokenId> slowSentencePieceBpe(const Vocabulary& vocabulary, const std::string& text)
{
    std::map<std::string, TokenId> ids;
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id)
        if (vocabulary.types[id] == TokenType::Normal)
            ids.emplace(vocabulary.pieces[id], static_cast<TokenId>(id));
    std::vector<std::string> symbols;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = utf8::decode(std::string_view(text).substr(at)).bytes;
        symbols.push_back(text.substr(at, bytes) == " " ? "▁" : text.substr(at, bytes));
        at += bytes;
    }
    while (true) {
        std::size_t best = symbols.size();
        float bestScore = 0;
        for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
            const auto found = ids.find(symbols[i] + symbols[i + 1]);
            if (found == ids.end())
                continue;
            const float score = vocabulary.scores[static_cast<std::size_t>(found->second)];
            if (best == symbols.size() || score > bestScore) {
                best = i;
                bestScore = score;
            }
        }
        if (best == symbols.size())
            break;
        symbols[best] += symbols[best + 1];
        symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
    std::vector<TokenId> out;
    for (const std::string& symbol : symbols) {
        if (const auto found = ids.find(symbol); found != ids.end()) {
            out.push_back(found->second);
            continue;
        }
        for (const char byte : symbol)
            out.push_back(4 + static_cast<std::uint8_t>(byte));
    }
    return out;
}

// The best segmentation of a short text by trying all.
double bestUnigramScore(const Vocabulary& vocabulary, const std::string& text, std::size_t at)
{
    if (at == text.size())
        return 0;
    double best = -1e30;
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id) {
        const std::string& piece = vocabulary.pieces[id];
        if (vocabulary.types[id] == TokenType::Normal && text.compare(at, piece.size(), piece) == 0)
            best =
                std::max(best, vocabulary.scores[id] + bestUnigramScore(vocabulary, text, at + piece.size()));
    }
    return best;
}

} // namespace

class TokenizerTest : public QObject {
    Q_OBJECT

private slots:
    void sameAsSlowSentencePieceBpe();
    void unigramFindsTheBest();
    void unknownCharactersInUnigram();
    void roundTrip_data();
    void roundTrip();
    void offsetsCoverTheText();
    void preTokenizers_data();
    void preTokenizers();
    void everyPreTokenizerCompiles();
    void detokenizerGivesWholeCharacters();
    void brokenVocabularies_data();
    void brokenVocabularies();
    void manyThreads();
};

void TokenizerTest::sameAsSlowSentencePieceBpe()
{
    const Vocabulary vocabulary = sentencePieceVocabulary();
    const auto tokenizer = make(vocabulary);
    QVERIFY(tokenizer);
    std::mt19937 random(11);
    const std::vector<std::string> bits = {"th", "the", " ", "  ", "a", "and", "in", "aaaa", "ing", "\n",
                                           "中", "国",  "é", "x",  "1", "11",  "😀",  "est",  "re"};
    for (int round = 0; round < 400; ++round) {
        std::string text;
        for (unsigned i = random() % 40; i > 0; --i)
            text += bits[random() % bits.size()];
        const auto ids = tokenizer->encode(text, Trust::Text);
        QVERIFY(ids);
        QVERIFY2(*ids == slowSentencePieceBpe(vocabulary, text), text.c_str());
    }
}

void TokenizerTest::unigramFindsTheBest()
{
    Vocabulary vocabulary = unigramVocabulary();
    const auto tokenizer = make(vocabulary);
    QVERIFY(tokenizer);
    for (const char* text : {"theand", "thereinan", "aaaaaaa", "resting", "eststhe", "anding11", "中国中"}) {
        const auto ids = tokenizer->encode(text, Trust::Text);
        QVERIFY(ids);
        double score = 0;
        for (const TokenId id : *ids)
            score += vocabulary.scores[static_cast<std::size_t>(id)];
        QVERIFY(std::abs(score - bestUnigramScore(vocabulary, text, 0)) < 1e-4);
        QCOMPARE(tokenizer->decode(*ids), std::string(text));
    }
}

void TokenizerTest::unknownCharactersInUnigram()
{
    Vocabulary vocabulary = unigramVocabulary();
    const auto withBytes = make(vocabulary);
    QCOMPARE(withBytes->decode(*withBytes->encode("a☃☃b", Trust::Text)), std::string("a☃☃b"));
    for (TokenType& type : vocabulary.types)
        type = type == TokenType::Byte ? TokenType::Unused : type;
    const auto without = make(vocabulary);
    const auto ids = without->encode("a☃☃b", Trust::Text);
    QVERIFY(ids);
    QCOMPARE(std::count(ids->begin(), ids->end(), 0), 1); // one unknown token for the run
}

void TokenizerTest::roundTrip_data()
{
    QTest::addColumn<Vocabulary>("vocabulary");
    Vocabulary spaced = sentencePieceVocabulary();
    spaced.addSpacePrefix = true;
    QTest::newRow("sentencepiece") << sentencePieceVocabulary();
    QTest::newRow("sentencepiece with a space in front") << spaced;
    QTest::newRow("unigram") << unigramVocabulary();
    for (const PreTokenizerRow& row : lectern::preTokenizers())
        QTest::newRow(std::string(row.name).c_str()) << byteVocabulary(std::string(row.name));
}

void TokenizerTest::roundTrip()
{
    QFETCH(Vocabulary, vocabulary);
    const auto tokenizer = make(vocabulary);
    QVERIFY(tokenizer);
    const bool isFirst = QString(QTest::currentDataTag()) == "sentencepiece" ||
                         QString(QTest::currentDataTag()) == "llama-bpe";
    const std::string text = mixedScriptText(isFirst ? 5'000'000 : 60'000, 3);
    const auto ids = tokenizer->encode(text, Trust::Text);
    QVERIFY(ids);
    QVERIFY(tokenizer->decode(*ids) == text);
    if (vocabulary.kind == VocabularyKind::Unigram)
        return; // its normaliser replaces broken bytes
    const std::string broken = randomBytes(20'000, 4);
    const auto bytes = tokenizer->encode(broken, Trust::Text);
    QVERIFY(bytes);
    QVERIFY(tokenizer->decode(*bytes) == broken);
}

void TokenizerTest::offsetsCoverTheText()
{
    Vocabulary spaced = sentencePieceVocabulary();
    spaced.addSpacePrefix = true;
    const std::string text = mixedScriptText(3'000, 6) + "<|user|> a▁b▁▁c 中国";
    for (const Vocabulary& vocabulary :
         {sentencePieceVocabulary(), spaced, unigramVocabulary(), byteVocabulary("llama-bpe")}) {
        const auto tokenizer = make(vocabulary);
        const auto encoding = tokenizer->encodeWithOffsets(text, Trust::Text);
        QVERIFY(encoding);
        QCOMPARE(encoding->ids.size(), encoding->offsets.size());
        for (std::size_t i = 0; i < encoding->ids.size(); ++i) {
            const std::uint64_t begin = encoding->offsets[i];
            const std::uint64_t end = i + 1 < encoding->ids.size() ? encoding->offsets[i + 1] : text.size();
            QVERIFY(begin <= end && end <= text.size());
            // U+2581 in the text is a space to SentencePiece and itself to byte-level BPE.
            const char* mark = vocabulary.kind == VocabularyKind::ByteBpe ? "▁" : " ";
            QByteArray covered =
                QByteArray::fromStdString(text.substr(begin, end - begin)).replace("▁", mark);
            if (i == 0 && vocabulary.addSpacePrefix)
                covered.prepend(' ');
            QCOMPARE(covered, QByteArray::fromStdString(tokenizer->piece(encoding->ids[i])));
        }
    }
}

void TokenizerTest::preTokenizers_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("words");
    QTest::newRow("gpt-2") << "gpt-2" << QStringList{"Hello", " world", "'s", " 12345", "  ", " x",
                                                     "!?",    "\n",     "\n", "end",    " "};
    QTest::newRow("llama-bpe") << "llama-bpe" << QStringList{"Hello", " world", "'S",     " ",   "123", "45",
                                                             "  ",    " x",     "!?\n\n", "end", " \n", " "};
    QTest::newRow("qwen2") << "qwen2" << QStringList{"Hello", "(world", " ", "1", "2", "中文", "!!\n"};
    QTest::newRow("smollm") << "smollm" << QStringList{"a", " ", "1", "2", " b"};
    QTest::newRow("tekken") << "tekken" << QStringList{"Hello", "World", " ABCdef", "1", "2", " ./\n"};
    QTest::newRow("gpt-4o") << "gpt-4o" << QStringList{"I'm", " Here", "NOW", "123", "4", "中文"};
    QTest::newRow("deepseek-v3") << "deepseek-v3"
                                 << QStringList{"a", " b", "123", "4", "中文", "x", "(foo", ")"};
    QTest::newRow("deepseek-coder") << "deepseek-coder"
                                    << QStringList{"a", " b", "\n", "1", "2", " (", "中文"};
    QTest::newRow("falcon") << "falcon" << QStringList{"a", " ", "(", "b", ")", " ", "123", "45"};
    QTest::newRow("qwen35") << "qwen35" << QStringList{"e\u0301a", " ", "1"};
}

void TokenizerTest::preTokenizers()
{
    QFETCH(QString, name);
    QFETCH(QStringList, words);
    const auto preTokenizer = PreTokenizer::create(*findPreTokenizer(name.toStdString()));
    QVERIFY(preTokenizer);
    const std::string text = words.join("").toStdString();
    const auto ends = preTokenizer->cut(text);
    QVERIFY(ends);
    QStringList got;
    std::size_t begin = 0;
    for (const std::uint64_t end : *ends) {
        got << QString::fromStdString(text.substr(begin, end - begin));
        begin = end;
    }
    QCOMPARE(got, words);
}

void TokenizerTest::everyPreTokenizerCompiles()
{
    for (const PreTokenizerRow& row : lectern::preTokenizers()) {
        const auto made = PreTokenizer::create(row);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QVERIFY(made->cut("")->empty());
    }
    QVERIFY(findPreTokenizer("no such name") == nullptr);
}

void TokenizerTest::detokenizerGivesWholeCharacters()
{
    Vocabulary vocabulary = sentencePieceVocabulary();
    vocabulary.addSpacePrefix = true;
    const auto tokenizer = make(vocabulary);
    const std::string text = "the ☃ é 😀 中 👩\u200D🚀";
    Detokenizer detokenizer(*tokenizer);
    std::string out;
    const auto ids = tokenizer->encode(text, Trust::Text);
    QVERIFY(ids);
    for (const TokenId id : *ids) {
        const std::string characters = detokenizer.push(id);
        QCOMPARE(utf8::validPrefix(characters), characters.size());
        out += characters;
    }
    QCOMPARE(QByteArray::fromStdString(out + detokenizer.flush()), QByteArray::fromStdString(text));
    // Half a character, then something else; a stray continuation; specials are silent.
    out.clear();
    for (const TokenId id : {4 + 0xE2, 4 + 0x98, 4 + int('a'), 4 + 0x80, 2, 4 + 0xF0})
        out += detokenizer.push(id);
    QCOMPARE(out, std::string("\uFFFD\uFFFDa\uFFFD"));
    QCOMPARE(detokenizer.flush(), std::string("\uFFFD"));
    QVERIFY(detokenizer.flush().empty());
    Detokenizer continuation(*tokenizer, TextStart::Continuation);
    QCOMPARE(continuation.push(tokenizer->encode("the", Trust::Text)->front()), std::string(" the"));
}

void TokenizerTest::brokenVocabularies_data()
{
    QTest::addColumn<Vocabulary>("vocabulary");
    Vocabulary broken = sentencePieceVocabulary();
    broken.scores.pop_back();
    QTest::newRow("scores too short") << broken;
    broken = sentencePieceVocabulary();
    broken.bos = static_cast<TokenId>(broken.pieces.size());
    QTest::newRow("bos outside") << broken;
    broken = sentencePieceVocabulary();
    broken.pieces[4] = "<0x-1>";
    QTest::newRow("byte token that is none") << broken;
    broken = byteVocabulary("gpt-2");
    broken.merges.push_back("nospace");
    QTest::newRow("merge without a space") << broken;
    QTest::newRow("unknown pre-tokenizer") << byteVocabulary("from the future");
    QTest::newRow("empty") << Vocabulary();
    broken = unigramVocabulary();
    broken.charsmap = {200, 0, 0, 0, 1};
    QTest::newRow("character map cut short") << broken;
}

void TokenizerTest::brokenVocabularies()
{
    QFETCH(Vocabulary, vocabulary);
    const auto tokenizer = Tokenizer::create(vocabulary);
    QVERIFY(!tokenizer);
    QVERIFY(tokenizer.error().message.ends_with('.'));
}

void TokenizerTest::manyThreads()
{
    const auto tokenizer = make(byteVocabulary("llama-bpe"));
    const std::string text = mixedScriptText(100'000, 8);
    const auto wanted = tokenizer->encode(text, Trust::Text);
    std::vector<std::thread> threads;
    std::atomic<int> same = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] { same += *tokenizer->encode(text, Trust::Text) == *wanted ? 1 : 0; });
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(same.load(), 4);
}

QTEST_GUILESS_MAIN(TokenizerTest)
#include "tst_tokenizer.moc"
