#include "tests/rules/source_scan.h"

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>

namespace lectern::test {

namespace {

// Walks over a text once and blanks what is no code.
class Blanker {
public:
    explicit Blanker(const QString& text) : m_text(text) {}

    void run(SourceFile& file)
    {
        while (m_at < m_text.size()) {
            const QStringView rest = QStringView(m_text).mid(m_at);
            if (rest.startsWith(u"//"))
                blank(lineEnd());
            else if (rest.startsWith(u"/*"))
                blank(after(u"*/", m_at + 2));
            else if (rest.startsWith(u"R\"") && !inWord())
                rawLiteral(file);
            else if (rest.startsWith(u'"'))
                literal(file, u'"');
            else if (rest.startsWith(u'\'') && !inWord()) // not a digit separator
                literal(file, u'\'');
            else
                m_code += m_text[m_at++];
        }
        file.code = m_code;
    }

private:
    bool inWord() const
    {
        return m_at > 0 && (m_text[m_at - 1].isLetterOrNumber() || m_text[m_at - 1] == u'_');
    }
    qsizetype after(QStringView mark, qsizetype from) const
    {
        const qsizetype found = m_text.indexOf(mark, from);
        return found < 0 ? m_text.size() : found + mark.size();
    }
    qsizetype lineEnd() const
    {
        const qsizetype found = m_text.indexOf(u'\n', m_at);
        return found < 0 ? m_text.size() : found;
    }
    void blank(qsizetype end)
    {
        for (; m_at < end; ++m_at)
            m_code += m_text[m_at] == u'\n' ? u'\n' : u' ';
    }
    void rawLiteral(SourceFile& file)
    {
        const qsizetype open = m_text.indexOf(u'(', m_at);
        const QString close = u')' + m_text.mid(m_at + 2, open - m_at - 2) + u'"';
        const qsizetype end = after(close, open);
        file.literals << m_text.mid(open + 1, end - close.size() - open - 1);
        blank(end);
    }
    void literal(SourceFile& file, QChar quote)
    {
        qsizetype end = m_at + 1;
        while (end < m_text.size() && m_text[end] != quote && m_text[end] != u'\n')
            end += m_text[end] == u'\\' ? 2 : 1;
        if (quote == u'"')
            file.literals << m_text.mid(m_at + 1, end - m_at - 1);
        m_code += quote;
        ++m_at;
        blank(std::min(end, m_text.size()));
        if (m_at < m_text.size() && m_text[m_at] == quote) {
            m_code += quote;
            ++m_at;
        }
    }

    const QString& m_text;
    QString m_code;
    qsizetype m_at = 0;
};

// True if a brace after this text opens the body of a function (or of a lambda outside functions).
bool opensFunction(const QString& header)
{
    static const QRegularExpression type(
        QStringLiteral("^(template\\s*<[^{]*>\\s*)?(inline\\s+)?(namespace|class|struct|"
                       "enum|union|extern|concept)\\b"));
    static const QRegularExpression value(QStringLiteral("(=|,|\\(|return)$"));
    return header.contains(u')') && !type.match(header).hasMatch() && !value.match(header).hasMatch();
}

} // namespace

QString SourceFile::folder() const
{
    const QStringList parts = path.split(u'/');
    return parts.size() > 2 ? parts[0] + u'/' + parts[1] : parts[0];
}

QString SourceFile::placeOf(qsizetype offset) const
{
    return path + u':' + QString::number(code.left(offset).count(u'\n') + 1);
}

SourceFile scanSource(const QString& path, const QString& text)
{
    SourceFile file;
    file.path = path;
    file.lines = static_cast<int>(text.count(u'\n')) + (text.endsWith(u'\n') || text.isEmpty() ? 0 : 1);
    Blanker(text).run(file);
    static const QRegularExpression include(
        QStringLiteral("^[ \\t]*#[ \\t]*include[ \\t]*([<\"])([^>\"\\n]+)[>\"]"),
        QRegularExpression::MultilineOption);
    for (auto found = include.globalMatch(text); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        (match.captured(1) == u"<" ? file.angled : file.quoted) << match.captured(2);
    }
    return file;
}

QList<SourceFile> scanFolder(const QString& root, const QString& folder)
{
    QStringList paths;
    QDirIterator files(root + u'/' + folder, {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext())
        paths << files.next();
    paths.sort();
    QList<SourceFile> sources;
    for (const QString& path : paths) {
        QFile file(path);
        if (file.open(QIODevice::ReadOnly))
            sources << scanSource(path.mid(root.size() + 1), QString::fromUtf8(file.readAll()));
    }
    return sources;
}

QList<FunctionSpan> functionsOf(const SourceFile& file)
{
    static const QRegularExpression directive(QStringLiteral("^[ \\t]*#(.*\\\\\\n)*.*$"),
                                              QRegularExpression::MultilineOption);
    QString code = file.code;
    for (auto found = directive.globalMatch(code); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        for (qsizetype i = match.capturedStart(); i < match.capturedEnd(); ++i)
            if (code[i] != u'\n')
                code[i] = u' ';
    }
    QList<FunctionSpan> functions;
    FunctionSpan open;
    int line = 1, headerLine = 1, depth = 0, functionDepth = -1;
    QString header;
    for (const QChar c : code) {
        if (c == u'{') {
            if (functionDepth < 0 && opensFunction(header.simplified())) {
                functionDepth = depth;
                open = {headerLine, 0, header.simplified()};
            }
            ++depth;
        } else if (c == u'}' && --depth == functionDepth) {
            open.lines = line - open.firstLine + 1;
            functions << open;
            functionDepth = -1;
        }
        if (c == u'{' || c == u'}' || c == u';')
            header.clear();
        else if (!header.isEmpty() || !c.isSpace())
            header += c;
        if (header.size() == 1)
            headerLine = line;
        line += c == u'\n';
    }
    return functions;
}

} // namespace lectern::test
