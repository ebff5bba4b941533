// A folder as one document: a summary, the tree of its files, then each file's text under a line "file: path". The text of
// each file is exactly as in the file, but for line numbers where they are wanted, so that a line number there is a line
// number here.
#include "app/documents/default_excludes.h"
#include "app/documents/document_builder.h"
#include "app/documents/folder_listing.h"
#include "app/documents/git_history.h"
#include "app/documents/open_folder.h"
#include "app/documents/readers.h"
#include "app/documents/secret_scan.h"
#include "app/documents/text_decoder.h"

#include <algorithm>
#include <utility>

namespace lectern {

namespace {

std::string folderTree(const FolderListing& listing)
{
    std::string tree;
    std::vector<std::string> shown; // folders above the last line
    for (const FolderFile& file : listing.files) {
        std::size_t depth = 0;
        std::size_t begin = 0;
        for (std::size_t slash = file.path.find('/'); slash != std::string::npos;
             slash = file.path.find('/', begin)) {
            const std::string part = file.path.substr(begin, slash - begin);
            if (depth >= shown.size() || shown[depth] != part) {
                shown.resize(depth);
                shown.push_back(part);
                tree += std::string(depth * 2, ' ') + part + "/\n";
            }
            ++depth;
            begin = slash + 1;
        }
        shown.resize(depth);
        tree += std::string(depth * 2, ' ') + file.path.substr(begin) + "\n";
    }
    return tree;
}

// "12: " before each line.
void appendNumbered(std::string_view lines, std::string& out)
{
    for (std::size_t number = 1; !lines.empty(); ++number) {
        const std::size_t end = std::min(lines.find('\n'), lines.size() - 1) + 1;
        out += std::to_string(number) + ": ";
        out += lines.substr(0, end);
        lines.remove_prefix(end);
    }
}

// Fills in how often history changed each file, and puts the most changed last.
void orderByHistory(FolderListing& listing, const GitHistory& history)
{
    for (FolderFile& file : listing.files) {
        const auto changes = history.changes.find(listing.prefix + file.path);
        file.changes = changes == history.changes.end() ? 0 : changes->second;
    }
    std::stable_sort(listing.files.begin(), listing.files.end(),
                     [](const FolderFile& a, const FolderFile& b) { return a.changes < b.changes; });
}

// Says nothing that each change of a file would change: the text up to the first changed file stays as it was.
std::string summary(const FolderListing& listing, const GitHistory& history)
{
    return "Folder: " + listing.name + "\n" + std::to_string(listing.files.size()) + " files" +
           (history.known ? "; those that changed most stand last" : "") + "\n\n";
}

// One word or two on why a file of a folder was not read.
std::string skipReason(const Error& error, const ReadLimits& limits)
{
    switch (error.code) {
    case ErrorCode::BadInput:
        return "not text";
    case ErrorCode::TooLong:
        return "larger than " + shownBytes(limits.maxFolderFileBytes);
    case ErrorCode::NotFound:
        return "gone since the folder was listed";
    default:
        return error.message;
    }
}

class FolderText {
public:
    FolderText(const FolderListing& listing, const ReadOptions& options, Document& document)
        : m_listing(listing), m_options(options), m_fileOptions(options), m_document(document)
    {
        m_fileOptions.progress = nullptr;
        for (const FolderFile& file : listing.files)
            m_totalBytes += file.bytes;
    }

    Status readFiles(const OpenFolder& root)
    {
        for (std::size_t i = 0; i < m_listing.files.size(); ++i) {
            const FolderFile& file = m_listing.files[i];
            report(i, file);
            if (const Status read = addFile(root, file); !read)
                return read;
            m_doneBytes += file.bytes;
            if (m_document.text.size() > m_options.limits.maxTextBytes)
                return fail(ErrorCode::TooLong,
                            m_document.name + " holds more than " +
                                shownBytes(m_options.limits.maxTextBytes) + " of text.",
                            "Open a folder inside it, or leave files out.");
        }
        m_document.bytesOnDisk = m_doneBytes;
        if (m_counts.replaced + m_counts.dropped + m_counts.hidden > 0) {
            DecodedText all;
            all.charset = "text";
            all.counts = m_counts;
            m_document.warnings = decodingWarnings(m_document.name, all);
        }
        return {};
    }

private:
    Status addFile(const OpenFolder& root, const FolderFile& file)
    {
        Result<InputFile> input = root.openFile(file.path);
        const DecodeLimits limits{m_options.limits.maxFolderFileBytes, m_options.limits.maxTextBytes};
        Result<DecodedText> decoded =
            input ? decodeFile(*input, limits, m_fileOptions) : Result<DecodedText>(failed(input));
        if (!decoded) {
            if (decoded.error().code == ErrorCode::Cancelled)
                return failed(decoded);
            m_document.skipped.push_back({file.path, skipReason(decoded.error(), m_options.limits)});
            return {};
        }
        if (!m_options.folder.keepSecrets) {
            if (const auto secret = findSecret(decoded->text)) {
                m_document.skipped.push_back({file.path, std::string(kSecretReason) + ": " + *secret});
                return {};
            }
        }
        std::string& text = m_document.text;
        text += fileHeader(file.path);
        const std::size_t begin = text.size();
        if (m_options.folder.lineNumbers)
            appendNumbered(decoded->text, text);
        else
            text += decoded->text;
        m_document.files.push_back({file.path, begin, text.size() - begin, 1});
        text += text.back() == '\n' ? "\n" : "\n\n";
        m_counts.replaced += decoded->counts.replaced;
        m_counts.dropped += decoded->counts.dropped;
        m_counts.hidden += decoded->counts.hidden;
        return {};
    }

    void report(std::size_t index, const FolderFile& file) const
    {
        if (m_options.progress)
            m_options.progress({m_doneBytes, m_totalBytes, static_cast<std::uint32_t>(index + 1),
                                static_cast<std::uint32_t>(m_listing.files.size()), file.path});
    }

    const FolderListing& m_listing;
    const ReadOptions& m_options;
    ReadOptions m_fileOptions;
    Document& m_document;
    std::uint64_t m_totalBytes = 0;
    std::uint64_t m_doneBytes = 0;
    TextCounts m_counts;
};

} // namespace

Result<Document> readFolder(const std::string& path, const ReadOptions& options)
{
    Result<FolderListing> listing = listFolder(path, options);
    if (!listing)
        return failed(listing);
    const Result<OpenFolder> root = OpenFolder::open(path);
    if (!root)
        return failed(root);
    GitHistory history;
    if (options.folder.changedLast && !listing->workTree.empty())
        history = readGitHistory(listing->workTree, options.cancel);
    const std::string tree = folderTree(*listing);
    orderByHistory(*listing, history);
    Document document;
    document.name = listing->name;
    document.path = path;
    document.kind = "folder";
    document.modifiedMs = listing->modifiedMs;
    document.skipped = listing->skipped;
    document.text = summary(*listing, history) + tree + "\n";
    FolderText text(*listing, options, document);
    if (const Status read = text.readFiles(*root); !read)
        return failed(read);
    if (document.files.empty())
        return fail(ErrorCode::BadInput,
                    document.name + " holds no files that can be read (" +
                        std::to_string(document.skipped.size()) + " were left out).",
                    "See why each was left out, or open the files themselves.");
    return document;
}

} // namespace lectern
