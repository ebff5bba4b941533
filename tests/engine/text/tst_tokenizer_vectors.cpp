// Our ids against other people's: vectors of known vocabularies and the sentencepiece command, where they are
// present beside the repository.
#include "engine/format/gguf_file.h"
#include "engine/text/tokenizer.h"
#include "tests/engine/text/text_test_support.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

using namespace lectern;
using namespace lectern::test;

namespace {

std::unique_ptr<Tokenizer> tokenizerOf(const QString& path, QString& why)
{
    const auto file = GgufFile::open(path.toStdString());
    if (!file) {
        why = QString::fromStdString(file.error().message);
        return nullptr;
    }
    auto vocabulary = readVocabulary((*file)->metadata());
    auto tokenizer = vocabulary ? Tokenizer::create(std::move(*vocabulary)) : failed(vocabulary);
    if (!tokenizer) {
        why = QString::fromStdString(tokenizer.error().message);
        return nullptr;
    }
    return std::move(*tokenizer);
}

QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TokenizerVectors : public QObject {
    Q_OBJECT

private slots:
    void knownVocabularies_data();
    void knownVocabularies();
    void sentencePieceCommand();
    void bundledModelKeepsMarkersOut();
};

void TokenizerVectors::knownVocabularies_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"llama-spm", "phi-3", "gpt-2", "deepseek-coder", "deepseek-llm", "llama-bpe",
                             "qwen2", "falcon", "starcoder", "command-r", "mpt", "refact"})
        QTest::newRow(name) << QString(name);
}

void TokenizerVectors::knownVocabularies()
{
    QFETCH(QString, name);
    const QString path = sharedPath("reference/vocab/ggml-vocab-" + name + ".gguf");
    if (!QFile::exists(path))
        QSKIP("this vocabulary is not present beside the repository");
    QString why;
    const auto tokenizer = tokenizerOf(path, why);
    QVERIFY2(tokenizer, qPrintable(why));
    const QString inputs = QString::fromUtf8(bytesOf(path + ".inp"));
    const QStringList texts = inputs.split("\n__ggml_vocab_test__\n");
    const QList<QByteArray> wanted = bytesOf(path + ".out").split('\n');
    QVERIFY(texts.size() > 20 && wanted.size() >= texts.size());
    for (qsizetype i = 0; i < texts.size(); ++i) {
        const std::string text = texts[i].toStdString();
        const auto ids = tokenizer->encode(text, Trust::Text);
        QVERIFY(ids);
        QByteArray got;
        for (const TokenId id : *ids)
            got += ' ' + QByteArray::number(id);
        QCOMPARE(got.trimmed(), wanted[i].trimmed());
        QCOMPARE(QByteArray::fromStdString(tokenizer->decode(*ids)), QByteArray::fromStdString(text));
    }
}

// 1 MB of text through `spm_encode`, line by line (the command's unit), against ours.
void TokenizerVectors::sentencePieceCommand()
{
    const QString model = sharedPath("corpus/tokenizer.model");
    const QString gguf = sharedPath("models/lectern-mini-v0-q4_k_m.gguf");
    const QString command = QStandardPaths::findExecutable("spm_encode");
    if (command.isEmpty() || !QFile::exists(model) || !QFile::exists(gguf))
        QSKIP("needs the spm_encode command and a SentencePiece model beside the repository");
    QString why;
    const auto tokenizer = tokenizerOf(gguf, why);
    QVERIFY2(tokenizer, qPrintable(why));
    QString text = QString::fromStdString(mixedScriptText(700'000, 5));
    const QString prose =
        "The keeper of the tower wrote, in 1842, that   its code was 9725-B; nobody read it.\t Yes\u2026 ";
    while (text.size() < 700'000)
        text += prose;
    text.remove(QRegularExpression("[\\r\\n\\x{2581}]"));
    QStringList lines;
    for (qsizetype at = 0; at < text.size(); at += 500)
        lines << text.mid(
            at, text[at + 499 < text.size() ? at + 499 : text.size() - 1].isHighSurrogate() ? 501 : 500);
    QProcess process;
    process.start(command, {"--model=" + model, "--output_format=id"});
    QVERIFY(process.waitForStarted());
    process.write(lines.join('\n').toUtf8() + '\n');
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished(120'000));
    const QList<QByteArray> wanted = process.readAllStandardOutput().split('\n');
    QVERIFY(wanted.size() >= lines.size());
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const auto ids = tokenizer->encode(lines[i].toStdString(), Trust::Text);
        QVERIFY(ids);
        QByteArray got;
        for (const TokenId id : *ids)
            got += ' ' + QByteArray::number(id);
        QCOMPARE(got.trimmed(), wanted[i].trimmed());
    }
}

void TokenizerVectors::bundledModelKeepsMarkersOut()
{
    const QString gguf = sharedPath("models/lectern-mini-v0-q4_k_m.gguf");
    if (!QFile::exists(gguf))
        QSKIP("no trained model beside the repository");
    QString why;
    const auto tokenizer = tokenizerOf(gguf, why);
    QVERIFY2(tokenizer, qPrintable(why));
    for (const char* marker : {"<|document|>", "<|user|>", "<|assistant|>", "<|end|>"}) {
        const TokenId id = tokenizer->find(marker);
        QVERIFY(id >= 0 && tokenizer->isSpecial(id));
        const auto text = tokenizer->encode(std::string("a ") + marker + " b", Trust::Text);
        QVERIFY(text && std::find(text->begin(), text->end(), id) == text->end());
        const auto asTemplate = tokenizer->encode(marker, Trust::Template);
        QVERIFY(asTemplate && *asTemplate == std::vector<TokenId>{id});
    }
    QVERIFY(tokenizer->isEndOfGeneration(tokenizer->find("<|end|>")));
}

QTEST_GUILESS_MAIN(TokenizerVectors)
#include "tst_tokenizer_vectors.moc"
