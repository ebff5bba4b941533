// Tokenizers of Hugging Face folders: tokenizer.model and tokenizer.json give the ids that the same
// vocabulary gives from GGUF keys; pre-tokenizers are recognised; the small files beside them count; broken
// ones are named.
#include "engine/format/gguf_file.h"
#include "engine/text/hf_tokenizer.h"
#include "engine/text/hf_vocabulary.h"
#include "engine/text/pre_tokenizer_patterns.h"
#include "engine/text/vocabulary_metadata.h"
#include "tests/engine/text/hf_tokenizer_files.h"
#include "tests/engine/text/text_test_support.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <map>

using namespace lectern;
using namespace lectern::test;
using nlohmann::json;

namespace {

class Folder {
public:
    void write(const char* name, const std::string& text)
    {
        QFile file(m_folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(text.data(), qint64(text.size())), qint64(text.size()));
    }
    Result<Vocabulary> read(std::size_t rows) const
    {
        return readHfVocabulary(m_folder.path().toStdString(), rows);
    }

private:
    QTemporaryDir m_folder;
};

std::vector<TokenId> idsOf(Vocabulary vocabulary, const std::string& text)
{
    const auto tokenizer = Tokenizer::create(std::move(vocabulary));
    return tokenizer ? (*tokenizer)->encode(text, Trust::Text).value() : std::vector<TokenId>();
}

} // namespace

class TestHfVocabulary : public QObject {
    Q_OBJECT

private slots:
    void sameIds_data();
    void sameIds();
    void metadataGoesThereAndBack_data() { sameIds_data(); }
    void metadataGoesThereAndBack();
    void publishedVocabularies_data();
    void publishedVocabularies();
    void preTokenizers_data();
    void preTokenizers();
    void smallFilesCount();
    void rowsDecide();
    void brokenFilesAreNamed_data();
    void brokenFilesAreNamed();
};

void TestHfVocabulary::sameIds_data()
{
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"sentencepiece file", "unigram file", "sentencepiece json", "byte-level json"})
        QTest::newRow(kind) << kind;
}

namespace {

std::pair<Vocabulary, Result<Vocabulary>> bothOf(const QString& kind)
{
    Folder folder;
    Vocabulary wanted = kind.startsWith("byte")      ? byteVocabulary("gpt-2")
                        : kind.startsWith("unigram") ? unigramVocabulary()
                                                     : sentencePieceVocabulary();
    if (kind.endsWith("file"))
        folder.write("tokenizer.model", sentencePieceFile(wanted));
    else
        folder.write("tokenizer.json",
                     (kind.startsWith("byte") ? byteLevelJson(wanted) : sentencePieceJson(wanted)).dump());
    auto got = folder.read(wanted.pieces.size());
    return {std::move(wanted), std::move(got)};
}

} // namespace

void TestHfVocabulary::sameIds()
{
    QFETCH(QString, kind);
    const auto [wanted, got] = bothOf(kind);
    QVERIFY2(got, got ? "" : got.error().message.c_str());
    QCOMPARE(got->pieces, wanted.pieces);
    QCOMPARE(got->kind, wanted.kind);
    QCOMPARE(got->addSpacePrefix, wanted.addSpacePrefix);
    const std::string text = mixedScriptText(20000, 3) + " <|user|> <s> ";
    const auto ids = idsOf(*got, text);
    QVERIFY(!ids.empty());
    QCOMPARE(ids, idsOf(wanted, text));
}

void TestHfVocabulary::metadataGoesThereAndBack()
{
    QFETCH(QString, kind);
    const auto [wanted, got] = bothOf(kind);
    QVERIFY(got);
    Metadata keys;
    writeVocabulary(*got, keys);
    const auto back = readVocabulary(keys);
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QCOMPARE(back->pieces, got->pieces);
    QCOMPARE(back->types, got->types);
    QCOMPARE(back->endOfGeneration, got->endOfGeneration);
    QCOMPARE(back->addBos, got->addBos);
    const std::string text = mixedScriptText(5000, 4);
    QCOMPARE(idsOf(*back, text), idsOf(*got, text));
}

void TestHfVocabulary::publishedVocabularies_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"llama-spm", "phi-3", "gpt-2", "deepseek-coder"})
        QTest::newRow(name) << name;
}

// A published vocabulary written as the folder holds it, and read again.
void TestHfVocabulary::publishedVocabularies()
{
    QFETCH(QString, name);
    const QString path = sharedPath("reference/vocab/ggml-vocab-" + name + ".gguf");
    if (!QFile::exists(path))
        QSKIP("the published vocabularies are not here");
    const auto file = GgufFile::open(path.toStdString());
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    const auto wanted = readVocabulary((*file)->metadata());
    QVERIFY2(wanted, wanted ? "" : wanted.error().message.c_str());
    Folder folder;
    json tree;
    if (wanted->kind == VocabularyKind::ByteBpe) {
        tree = byteLevelJson(*wanted);
        if (name == "deepseek-coder")
            tree["pre_tokenizer"] = sequence({split("[\r\n]"),
                                              split("\\s?\\p{L}+"),
                                              split("\\s?\\p{P}+"),
                                              split("[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"),
                                              {{"type", "Digits"}, {"individual_digits", true}}});
    } else {
        tree = sentencePieceJson(*wanted);
    }
    folder.write("tokenizer.json", tree.dump());
    const auto got = folder.read(wanted->pieces.size());
    QVERIFY2(got, got ? "" : got.error().message.c_str());
    QCOMPARE(QString::fromStdString(got->preTokenizer), QString::fromStdString(wanted->preTokenizer));
    const std::string text = mixedScriptText(200000, 5);
    QCOMPARE(idsOf(*got, text), idsOf(*wanted, text));
}

void TestHfVocabulary::preTokenizers_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<bool>("ignoreMerges");
    QTest::addColumn<QString>("name"); // empty: none
    const auto row = [](const char* name, const json& object, bool ignoreMerges,
                        const char* title = nullptr) {
        QTest::newRow(title ? title : name)
            << QByteArray::fromStdString(object.dump()) << ignoreMerges << QString(name);
    };
    const json digits{{"type", "Digits"}, {"individual_digits", true}};
    const char* llama3 =
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
    const char* qwen2 =
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
    row("gpt-2", gpt2Rule(), false);
    row("smollm", {{"type", "Sequence"}, {"pretokenizers", {digits, gpt2Rule()}}}, false);
    row("llama-bpe", sequence({split(llama3)}), true);
    row("dbrx", sequence({split(llama3)}), false, "llama 3 without whole words");
    row("qwen2", sequence({split(qwen2)}), false);
    row("", sequence({split("\\w+")}), false, "unknown expression");
    row("", {{"type", "Whitespace"}}, false, "unknown kind");
    row("", {{"type", "ByteLevel"}, {"add_prefix_space", true}}, false, "prefix space");
    row("", {{"type", "Sequence"}, {"pretokenizers", 3}}, false, "no list");
    row("", json::array({1}), false, "no object");
}

void TestHfVocabulary::preTokenizers()
{
    QFETCH(QByteArray, object);
    QFETCH(bool, ignoreMerges);
    QFETCH(QString, name);
    const PreTokenizerRow* row = findHfPreTokenizer(json::parse(object.toStdString()), ignoreMerges);
    QCOMPARE(row ? QString::fromStdString(std::string(row->name)) : QString(), name);
}

void TestHfVocabulary::smallFilesCount()
{
    const Vocabulary base = byteVocabulary("gpt-2");
    const std::size_t count = base.pieces.size();
    Folder folder;
    json tree = byteLevelJson(base);
    tree["added_tokens"].push_back({{"id", count}, {"content", "<|done|>"}, {"special", true}});
    tree["post_processor"] = {
        {"type", "TemplateProcessing"},
        {"single", {{{"SpecialToken", {{"id", "<|done|>"}}}}, {{"Sequence", {{"id", "A"}}}}}}};
    folder.write("tokenizer.json", tree.dump());
    folder.write("tokenizer_config.json",
                 json{{"bos_token", {{"content", "<|im_start|>"}}},
                      {"eos_token", "<|endoftext|>"},
                      {"added_tokens_decoder",
                       {{std::to_string(count + 1), {{"content", "<|tool|>"}, {"special", true}}}}},
                      {"chat_template",
                       {{{"name", "default"}, {"template", "D"}}, {{"name", "rag"}, {"template", "R"}}}}}
                     .dump());
    folder.write("generation_config.json", json{{"eos_token_id", {count, 3}}}.dump());
    auto got = folder.read(count + 2);
    QVERIFY2(got, got ? "" : got.error().message.c_str());
    QCOMPARE(got->pieces[count], std::string("<|done|>"));
    QCOMPARE(got->pieces[count + 1], std::string("<|tool|>"));
    QVERIFY(got->types[count] == TokenType::Control && got->types[count + 1] == TokenType::Control);
    QVERIFY(got->addBos);
    QCOMPARE(got->pieces[std::size_t(*got->bos)], std::string("<|im_start|>"));
    QCOMPARE(got->pieces[std::size_t(*got->eos)], std::string("<|endoftext|>"));
    for (const TokenId id : {TokenId(count), TokenId(3), *got->eos})
        QVERIFY(std::ranges::find(got->endOfGeneration, id) != got->endOfGeneration.end());
    QCOMPARE(got->chatTemplate, std::string("D"));
    QCOMPARE(got->namedTemplates.at("rag"), std::string("R"));

    folder.write("chat_template.jinja", "{{ messages }}");
    QCOMPARE(folder.read(count + 2)->chatTemplate, std::string("{{ messages }}"));
}

void TestHfVocabulary::rowsDecide()
{
    const Vocabulary base = sentencePieceVocabulary();
    Folder folder;
    folder.write("tokenizer.model", sentencePieceFile(base));
    const auto more = folder.read(base.pieces.size() + 3);
    QVERIFY(more && more->warnings.empty());
    QCOMPARE(more->pieces.size(), base.pieces.size() + 3);
    QVERIFY(more->types.back() == TokenType::Unused);
    const auto fewer = folder.read(base.pieces.size() - 1);
    QVERIFY(fewer);
    QCOMPARE(int(fewer->warnings.size()), 1);
}

void TestHfVocabulary::brokenFilesAreNamed_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("told");
    const auto row = [](const char* title, const char* file, const QByteArray& contents, const char* told) {
        QTest::newRow(title) << file << contents << told;
    };
    const QByteArray piece("\x0a\x08\x0a\x01"
                           "a\x15\0\0\0\0",
                           10);
    row("none", "other.txt", "x", "tokenizer.json");
    row("no proto", "tokenizer.model", "hello, world", "tokenizer.model");
    row("cut proto", "tokenizer.model", piece.left(7), "tokenizer.model");
    row("endless number", "tokenizer.model", QByteArray(40, '\xff'), "tokenizer.model");
    row("length past the end", "tokenizer.model", QByteArray("\x0a\xff\xff\xff\xff\x0f", 6),
        "tokenizer.model");
    row("words", "tokenizer.model", piece + QByteArray("\x12\x02\x18\x03", 4), "words");
    row("no json", "tokenizer.json", "{", "tokenizer.json");
    row("deep json", "tokenizer.json", QByteArray(1000, '['), "deep");
    row("many values", "tokenizer.json", "[" + QByteArray("[],").repeated(2000000) + "0]", "values");
    row("no model", "tokenizer.json", "{}", "model");
    row("wordpiece", "tokenizer.json", R"({"model": {"type": "WordPiece"}})", "WordPiece");
    row("no vocab", "tokenizer.json", R"({"model": {"type": "BPE", "merges": []}})", "vocab");
    row("vocab of texts", "tokenizer.json", R"({"model": {"type": "BPE", "vocab": {"a": "b"}}})", "vocab");
    row("far id", "tokenizer.json", R"({"model": {"type": "BPE", "vocab": {"a": 4000000000}}})", "vocab");
    row("no merges", "tokenizer.json", R"({"model": {"type": "BPE", "vocab": {"a": 0}}})", "merges");
    row("merge of three", "tokenizer.json",
        R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "a", "a"]]}})", "merges");
    row("unknown cut", "tokenizer.json",
        R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a"]}, "decoder": {"type": "ByteLevel"}})",
        "pre_tokenizer");
}

void TestHfVocabulary::brokenFilesAreNamed()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, contents);
    QFETCH(QString, told);
    Folder folder;
    folder.write(file.toUtf8().constData(), contents.toStdString());
    const auto got = folder.read(10);
    QVERIFY(!got);
    QVERIFY2(got.error().message.find(told.toStdString()) != std::string::npos, got.error().message.c_str());
}

QTEST_GUILESS_MAIN(TestHfVocabulary)
#include "tst_hf_vocabulary.moc"
