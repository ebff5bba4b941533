#include "app/documents/document_builder.h"
#include "app/documents/pdf_lines.h"
#include "app/documents/readers.h"
#include "app/documents/text_cleaner.h"

#include <algorithm>
#include <QByteArray>
#include <QFile>
#include <QPdfBookmarkModel>
#include <QPdfDocument>
#include <utility>
#include <vector>

namespace lectern {

namespace {

tl::unexpected<Error> pdfFailure(const QPdfDocument& pdf, const std::string& name)
{
    switch (pdf.error()) {
    case QPdfDocument::Error::IncorrectPassword:
        return fail(ErrorCode::Unsupported, name + " is locked with a password.",
                    "Save a copy without the password in a PDF viewer, then open the copy.");
    case QPdfDocument::Error::UnsupportedSecurityScheme:
        return fail(ErrorCode::Unsupported, name + " is encrypted in a way that can not be opened here.",
                    "Save an unprotected copy in the program it was made with.");
    default:
        return fail(ErrorCode::BadInput,
                    name + " is not a PDF that can be read: the file is damaged or cut short.",
                    "Fetch it again, or save it anew in a PDF viewer.");
    }
}

// Words divided at a line's end come with a mark of the divided hyphen; they are joined again.
QString joinDividedWords(QString text)
{
    for (const QChar mark : {QChar(0xFFFE), QChar(0x0002)}) {
        text.replace(QString(mark) + QLatin1String("\r\n"), QString());
        text.replace(QString(mark) + QLatin1Char('\n'), QString());
        text.remove(mark);
    }
    return text;
}

class PdfText {
public:
    PdfText(QPdfDocument& pdf, const ReadOptions& options, Document& document)
        : m_pdf(pdf), m_options(options), m_document(document)
    {
    }

    Status readPages()
    {
        const int pages = m_pdf.pageCount();
        if (static_cast<std::uint32_t>(std::max(pages, 0)) > m_options.limits.maxPages)
            return fail(ErrorCode::TooLong,
                        m_document.name + " has " + std::to_string(pages) +
                            " pages, which is more than Lectern reads at once.",
                        "Split it into smaller files.");
        for (int page = 0; page < pages; ++page) {
            if (m_options.cancel.isCancelled())
                return fail(ErrorCode::Cancelled, "Reading " + m_document.name + " was stopped.");
            addPage(page);
            if (m_document.text.size() > m_options.limits.maxTextBytes)
                return fail(ErrorCode::TooLong,
                            m_document.name + " holds more than " +
                                shownBytes(m_options.limits.maxTextBytes) + " of text.",
                            "Split it into smaller files.");
            report(page + 1, pages);
        }
        m_cleaner.finish(m_document.text);
        return {};
    }

    int pagesWithoutText() const { return m_emptyPages; }

private:
    void addPage(int page)
    {
        if (!m_document.text.empty())
            m_document.text += m_document.text.back() == '\n' ? "\n" : "\n\n";
        const std::size_t begin = m_document.text.size();
        m_document.pages.push_back({static_cast<std::uint32_t>(page + 1), begin});
        const QByteArray utf8 = 
            joinDividedWords(pdfPageText(m_pdf, page, m_wordLooks, m_options.cancel)).toUtf8();
        m_cleaner.feed({utf8.constData(), static_cast<std::size_t>(utf8.size())}, m_document.text);
        m_cleaner.finish(m_document.text);
        const bool blank = m_document.text.find_first_not_of(" \t\n", begin) == std::string::npos;
        if (blank)
            m_document.text.resize(begin);
        m_emptyPages += blank ? 1 : 0;
    }

    void report(int page, int pages) const
    {
        if (!m_options.progress)
            return;
        const auto total = m_document.bytesOnDisk;
        m_options.progress({total * static_cast<std::uint64_t>(page) / static_cast<std::uint64_t>(pages),
                            total,
                            static_cast<std::uint32_t>(page),
                            static_cast<std::uint32_t>(pages),
                            {}});
    }

    QPdfDocument& m_pdf;
    const ReadOptions& m_options;
    Document& m_document;
    TextCleaner m_cleaner;
    int m_emptyPages = 0;
    int m_wordLooks = kMostWordLooks;
};

} // namespace

namespace {

constexpr int kMostOutlineEntries = 10000;

// The file's own bookmarks in reading order, each at the begin of its page.
void addOutline(QPdfDocument& pdf, Document& document)
{
    QPdfBookmarkModel bookmarks;
    bookmarks.setDocument(&pdf);
    std::vector<QModelIndex> ahead; // the next one last
    const auto push = [&](const QModelIndex& parent) {
        for (int row = std::min(bookmarks.rowCount(parent), kMostOutlineEntries) - 1; row >= 0; --row)
            ahead.push_back(bookmarks.index(row, 0, parent));
    };
    push({});
    for (int entries = 0; !ahead.empty() && entries < kMostOutlineEntries; ++entries) {
        const QModelIndex index = ahead.back();
        ahead.pop_back();
        push(index);
        const int page = index.data(int(QPdfBookmarkModel::Role::Page)).toInt();
        const int level = index.data(int(QPdfBookmarkModel::Role::Level)).toInt();
        std::string title;
        TextCleaner cleaner;
        cleaner.feed(index.data(int(QPdfBookmarkModel::Role::Title)).toString().simplified().toStdString(), title);
        cleaner.finish(title);
        if (title.empty() || page < 0 || static_cast<std::size_t>(page) >= document.pages.size())
            continue;
        document.outline.push_back({std::move(title), static_cast<std::uint32_t>(std::max(level, 0)),
                                    document.pages[static_cast<std::size_t>(page)].offset});
    }
}

} // namespace

bool looksLikePdf(std::string_view head)
{
    return head.substr(0, 1024).find("%PDF-") != std::string_view::npos;
}

Result<Document> readPdf(const std::string& path, const ReadOptions& options)
{
    const Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    if (file->size() > options.limits.maxFileBytes)
        return fail(ErrorCode::TooLong,
                    file->name() + " is larger than " + shownBytes(options.limits.maxFileBytes) + ".",
                    "Split it into smaller files.");
    QFile device;
    if (!device.open(file->fd(), QIODevice::ReadOnly, QFileDevice::DontCloseHandle))
        return fail(ErrorCode::Disk, file->name() + " can not be opened.");
    QPdfDocument pdf;
    pdf.load(&device);
    if (pdf.status() != QPdfDocument::Status::Ready)
        return pdfFailure(pdf, file->name());

    Document document = beginDocument(*file, path, "pdf");
    PdfText text(pdf, options, document);
    if (const Status read = text.readPages(); !read)
        return failed(read);
    if (text.pagesWithoutText() == pdf.pageCount())
        return fail(ErrorCode::Unsupported,
                    document.name + " is scanned pictures: none of its " + std::to_string(pdf.pageCount()) +
                        " pages holds text.",
                    "Run a text recognition program (OCR) over it, then open the result.");
    if (text.pagesWithoutText() > 0)
        document.warnings.push_back(document.name + " has " + std::to_string(text.pagesWithoutText()) +
                                    " pages without text, perhaps scanned pictures; they were not read.");
    addOutline(pdf, document);
    return finishDocument(std::move(document));
}

} // namespace lectern
