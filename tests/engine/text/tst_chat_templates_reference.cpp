// The templates of real models, where they are present beside the repository, against Python's Jinja2 where
// that is installed: same text for every conversation both can render.
#include "engine/text/chat_template.h"
#include "tests/engine/text/template_cases.h"
#include "tests/engine/text/text_test_support.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;

struct Conversation {
    const char* name;
    std::vector<ChatMessage> messages;
    bool addGenerationPrompt;
};

const std::vector<Conversation>& conversations()
{
    static const std::vector<Conversation> all = {
        {"question", {{"user", "What is it?"}}, true},
        {"system and question", {{"system", "You are brief."}, {"user", "  Who?  \n"}}, true},
        {"empty system", {{"system", ""}, {"user", "Who?"}}, true},
        {"several turns",
         {{"system", "Be kind."}, {"user", "One\n\ntwo"}, {"assistant", "Three."}, {"user", "Four?"}},
         true},
        {"thinking", {{"user", "a"}, {"assistant", "<think>\nhm\n</think>\n\nb"}, {"user", "c"}}, true},
        {"closed", {{"user", "Hello"}, {"assistant", "Hi there."}}, false},
        {"unicode",
         {{"system", "é中文"}, {"user", "Où? 😀 \u00A0\u3000 ẞß İ <|im_end|> {{ x }} \"q\" 'r' \\ \t</s>"}},
         true},
        {"many",
         {{"user", "1"},
          {"assistant", "2"},
          {"user", "3"},
          {"assistant", "4"},
          {"user", "5"},
          {"assistant", "6"},
          {"user", "7"}},
         true},
    };
    return all;
}

TemplateInput inputOf(const Conversation& conversation)
{
    TemplateInput input;
    input.messages = conversation.messages;
    input.addGenerationPrompt = conversation.addGenerationPrompt;
    input.bosToken = "<s>";
    input.eosToken = "</s>";
    input.unixSeconds = kNow;
    return input;
}

QJsonObject variablesOf(const Conversation& conversation)
{
    QJsonArray messages;
    for (const ChatMessage& message : conversation.messages)
        messages.append(QJsonObject{{"role", QString::fromStdString(message.role)},
                                    {"content", QString::fromStdString(message.content)}});
    return {{"messages", messages},      {"add_generation_prompt", conversation.addGenerationPrompt},
            {"bos_token", "<s>"},        {"eos_token", "</s>"},
            {"tools", QJsonValue::Null}, {"documents", QJsonValue::Null}};
}

} // namespace

class ChatTemplatesReference : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void sameAsPython_data();
    void sameAsPython();
    void casesSameAsPython();

private:
    QJsonArray askPython(const QJsonArray& cases);

    QStringList m_names;
    QStringList m_sources;
    QJsonArray m_answers; // template by template, conversation by conversation
};

void ChatTemplatesReference::initTestCase()
{
    const QDir folder(sharedPath("reference/templates"));
    if (!folder.exists())
        return;
    QJsonArray cases;
    for (const QString& name : folder.entryList({"*.jinja"}, QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_names << name;
        m_sources << QString::fromUtf8(file.readAll());
        for (const Conversation& conversation : conversations())
            cases.append(
                QJsonObject{{"template", m_sources.last()}, {"variables", variablesOf(conversation)}});
    }
    m_answers = askPython(cases);
    if (!m_answers.isEmpty())
        QCOMPARE(m_answers.size(), cases.size());
}

// Empty where Python or its jinja2 is missing.
QJsonArray ChatTemplatesReference::askPython(const QJsonArray& cases)
{
    QProcess python;
    python.start("/usr/bin/python3", {LECTERN_SOURCE_DIR "/tests/engine/text/render_reference.py"});
    if (!python.waitForStarted())
        return {};
    python.write(QJsonDocument(QJsonObject{{"now", double(kNow)}, {"cases", cases}}).toJson());
    python.closeWriteChannel();
    python.waitForFinished(120'000);
    return QJsonDocument::fromJson(python.readAllStandardOutput()).array();
}

// What tst_chat_template expects is what Python gives.
void ChatTemplatesReference::casesSameAsPython()
{
    const TemplateInput input = caseInput();
    QJsonObject variables = variablesOf({"", input.messages, true});
    variables["enable_thinking"] = false;
    QJsonArray cases;
    for (const TemplateCase& one : kTemplateCases)
        cases.append(QJsonObject{{"template", one.source}, {"variables", variables}});
    const QJsonArray answers = askPython(cases);
    if (answers.isEmpty())
        QSKIP("no python3 with jinja2");
    QStringList differ;
    for (std::size_t i = 0; i < kTemplateCases.size(); ++i) {
        const QJsonObject answer = answers[qsizetype(i)].toObject();
        if (QString::fromUtf8(kTemplateCases[i].expected) != answer["text"].toString())
            differ << QString("%1: %2%3")
                          .arg(kTemplateCases[i].name, answer["text"].toString(),
                               answer["error"].toString());
    }
    QVERIFY2(differ.isEmpty(), qPrintable(differ.join('\n')));
}

void ChatTemplatesReference::sameAsPython_data()
{
    QTest::addColumn<int>("index");
    if (m_answers.isEmpty())
        QSKIP("needs templates of real models beside the repository, and python3 with jinja2");
    for (int i = 0; i < m_names.size(); ++i)
        QTest::newRow(qPrintable(m_names[i])) << i;
}

void ChatTemplatesReference::sameAsPython()
{
    QFETCH(int, index);
    const auto parsed = ChatTemplate::parse(m_sources[index].toStdString());
    int rendered = 0;
    for (std::size_t i = 0; i < conversations().size(); ++i) {
        const Conversation& conversation = conversations()[i];
        const QJsonObject answer = m_answers[index * int(conversations().size()) + int(i)].toObject();
        const auto prompt = parsed ? parsed->render(inputOf(conversation)) : failed(parsed);
        const QString ours = prompt ? QString::fromStdString(prompt->text()) : QString();
        if (answer.contains("text")) {
            QVERIFY2(prompt,
                     qPrintable(QString("%1: %2").arg(
                         conversation.name, QString::fromStdString(prompt ? "" : prompt.error().message))));
            QCOMPARE(ours, answer["text"].toString());
            ++rendered;
        } else if (!prompt) {
            const QString message = QString::fromStdString(prompt.error().message);
            QVERIFY2(message.startsWith("The chat template, line ") && message.endsWith('.'),
                     qPrintable(message));
        }
    }
    if (rendered == 0)
        QSKIP(qPrintable("Python renders none of the conversations with it: " +
                         m_answers[index * int(conversations().size())].toObject()["error"].toString()));
}

QTEST_GUILESS_MAIN(ChatTemplatesReference)
#include "tst_chat_templates_reference.moc"
