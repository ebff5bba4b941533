// What may become a special token: the template's own text, never a document's.
#include "engine/base/result.h"
#include "engine/text/pre_tokenizer_patterns.h"
#include "engine/text/tokenizer.h"
#include "tests/engine/text/text_test_support.h"

#include <QTest>

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

} // namespace

class SpecialTokens : public QObject {
    Q_OBJECT

private slots:
    void specialTokensNeverComeFromText_data();
    void specialTokensNeverComeFromText();
    void templateTextMakesSpecials();
    void markersNeedTheTemplate();
    void partsAreOneText();
    void spacePrefix();
    void stripAfterSpecial();
    void endsOfGeneration();
};

void SpecialTokens::specialTokensNeverComeFromText_data()
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

void SpecialTokens::specialTokensNeverComeFromText()
{
    QFETCH(Vocabulary, vocabulary);
    // Pieces from which a merge could put a marker together, if it were allowed to.
    vocabulary.chatTemplate = "[INST] {{ messages[0].content }} [/INST]";
    for (const char* piece : {"[INST]", "[/INST]"}) {
        vocabulary.pieces.push_back(piece);
        vocabulary.scores.push_back(5);
        vocabulary.types.push_back(TokenType::UserDefined);
    }
    const auto tokenizer = make(vocabulary);
    QVERIFY(tokenizer);
    int specials = 0;
    std::string all;
    for (TokenId id = 0; id < static_cast<TokenId>(tokenizer->vocabularySize()); ++id) {
        if (!tokenizer->isSpecial(id))
            continue;
        ++specials;
        const std::string& piece = tokenizer->vocabulary().pieces[static_cast<std::size_t>(id)];
        all += piece + " x" + piece + piece + "\n";
    }
    QVERIFY(specials >= 4);
    for (const std::string& text : {all, "<|" + all, all.substr(1), std::string("<s><0x41></s><unk>")}) {
        const auto ids = tokenizer->encode(text, Trust::Text);
        QVERIFY(ids);
        for (const TokenId id : *ids)
            QVERIFY2(!tokenizer->isSpecial(id), tokenizer->piece(id).c_str());
        QCOMPARE(tokenizer->decode(*ids), text);
    }
    const auto trusted = tokenizer->encode(all, Trust::Template);
    QVERIFY(trusted);
    QCOMPARE(
        std::count_if(trusted->begin(), trusted->end(), [&](TokenId id) { return tokenizer->isSpecial(id); }),
        std::ptrdiff_t(3 * specials));
}

void SpecialTokens::templateTextMakesSpecials()
{
    const auto tokenizer = make(sentencePieceVocabulary());
    QCOMPARE(*tokenizer->encode("<s><|user|></s>", Trust::Template), (std::vector<TokenId>{1, 3, 2}));
    QVERIFY(tokenizer->encode("<s><|user|></s>", Trust::Text)->size() > 3);
}

void SpecialTokens::markersNeedTheTemplate()
{
    Vocabulary vocabulary = sentencePieceVocabulary();
    const auto add = [&](const char* piece) {
        vocabulary.pieces.push_back(piece);
        vocabulary.scores.push_back(0);
        vocabulary.types.push_back(TokenType::UserDefined);
        return static_cast<TokenId>(vocabulary.pieces.size() - 1);
    };
    const TokenId inTemplate = add("<start_of_turn>");
    const TokenId elsewhere = add("<table>");
    const TokenId spaces = add("    ");
    const TokenId word = add("user");
    vocabulary.chatTemplate = "<start_of_turn>user\n    {{ messages }}";
    const auto tokenizer = make(vocabulary);
    QVERIFY(tokenizer->isSpecial(inTemplate));
    for (const TokenId id : {elsewhere, spaces, word})
        QVERIFY(!tokenizer->isSpecial(id));
    const auto ids = tokenizer->encode("<start_of_turn><table>    user", Trust::Text);
    QVERIFY(std::find(ids->begin(), ids->end(), inTemplate) == ids->end());
    QCOMPARE(std::vector<TokenId>(ids->end() - 3, ids->end()),
             (std::vector<TokenId>{elsewhere, spaces, word}));
}

void SpecialTokens::partsAreOneText()
{
    const auto tokenizer = make(sentencePieceVocabulary());
    const std::vector<TrustedText> parts = {{"t", Trust::Template},
                                            {"h", Trust::Text},
                                            {"e<|us", Trust::Text},
                                            {"er|>", Trust::Template},
                                            {"<|user|>", Trust::Template}};
    const auto encoding = tokenizer->encodeParts(parts);
    QVERIFY(encoding);
    QCOMPARE(tokenizer->piece(encoding->ids[0]), std::string("the")); // merged across three parts
    QCOMPARE(std::count(encoding->ids.begin(), encoding->ids.end(), 3),
             1); // a marker put together from both sides is none
    QCOMPARE(encoding->ids.back(), 3);
}

void SpecialTokens::spacePrefix()
{
    Vocabulary vocabulary = sentencePieceVocabulary();
    vocabulary.addSpacePrefix = true;
    const auto tokenizer = make(vocabulary);
    const auto ids = tokenizer->encode("the<|user|>the", Trust::Template);
    QCOMPARE(ids->size(), std::size_t(3));
    QCOMPARE(tokenizer->piece(ids->front()), std::string(" the"));
    QCOMPARE(tokenizer->piece(ids->back()), std::string(" the"));
    QCOMPARE(tokenizer->decode(*ids), std::string("thethe"));
    QVERIFY(tokenizer->encode("", Trust::Text)->empty());
}

void SpecialTokens::stripAfterSpecial()
{
    Vocabulary vocabulary = sentencePieceVocabulary();
    vocabulary.stripAfterSpecial = true;
    const auto tokenizer = make(vocabulary);
    QCOMPARE(tokenizer->encode("<|user|>\n \nthe", Trust::Template)->size(), std::size_t(2));
    QCOMPARE(tokenizer->encode("<s>\nthe", Trust::Template)->size(), std::size_t(3)); // Phi-3's own exception
}

void SpecialTokens::endsOfGeneration()
{
    const auto tokenizer = make(byteVocabulary("gpt-2"));
    const TokenId end = tokenizer->find("<|endoftext|>");
    QVERIFY(tokenizer->isEndOfGeneration(end));
    QVERIFY(!tokenizer->isEndOfGeneration(tokenizer->find("<|im_start|>")));
    QVERIFY(!tokenizer->isEndOfGeneration(-1) && !tokenizer->isSpecial(99'999) &&
            tokenizer->piece(-5).empty());
    Vocabulary channels = byteVocabulary("gpt-2");
    for (const char* piece : {"<|end|>", "<|return|>", "<|call|>"}) {
        channels.pieces.push_back(piece);
        channels.scores.push_back(0);
        channels.types.push_back(TokenType::Control);
    }
    findEndOfGeneration(channels);
    const auto withChannels = make(channels);
    QVERIFY(withChannels->isEndOfGeneration(withChannels->find("<|return|>")));
    QVERIFY(!withChannels->isEndOfGeneration(withChannels->find("<|end|>")));
}

QTEST_GUILESS_MAIN(SpecialTokens)
#include "tst_special_tokens.moc"
