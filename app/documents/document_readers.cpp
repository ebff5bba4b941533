#include "app/documents/document_readers.h"

#include "app/documents/input_file.h"
#include "app/documents/parser_process.h"
#include "app/documents/readers.h"
#include "app/documents/text_decoder.h"

#include <algorithm>
#include <array>
#include <new>
#include <sys/stat.h>

namespace lectern {

namespace {

constexpr auto kTextExtensions =
    std::to_array<std::string_view>({"txt", "text", "log", "adoc", "asciidoc", "org", "tex", "bib",
                                     "srt", "vtt", "nfo", "diff", "patch"});
constexpr auto kMarkdownExtensions =
    std::to_array<std::string_view>({"md", "markdown", "mdown", "mkd", "qmd", "mdx"});
constexpr auto kHtmlExtensions = std::to_array<std::string_view>({"html", "htm", "xhtml"});
constexpr auto kPdfExtensions = std::to_array<std::string_view>({"pdf"});
constexpr auto kDocxExtensions = std::to_array<std::string_view>({"docx", "docm", "dotx"});
constexpr auto kOdtExtensions = std::to_array<std::string_view>({"odt", "ott"});
constexpr auto kEpubExtensions = std::to_array<std::string_view>({"epub"});
constexpr auto kRtfExtensions = std::to_array<std::string_view>({"rtf"});
constexpr auto kNotebookExtensions = std::to_array<std::string_view>({"ipynb"});
constexpr auto kSourceExtensions = std::to_array<std::string_view>(
    {"c",      "h",    "cc",   "cpp",   "cxx",    "hh",     "hpp",     "hxx",   "cu",   "cuh",   "m",
     "mm",     "py",   "pyi",  "js",    "mjs",    "cjs",    "jsx",     "ts",    "tsx",  "vue",   "svelte",
     "java",   "kt",   "kts",  "scala", "groovy", "go",     "rs",      "swift", "cs",   "fs",    "vb",
     "rb",     "php",  "pl",   "pm",    "lua",    "r",      "jl",      "hs",    "ml",   "mli",   "ex",
     "exs",    "erl",  "clj",  "lisp",  "el",     "scm",    "rkt",     "dart",  "zig",  "nim",   "d",
     "v",      "sv",   "vhd",  "asm",   "s",      "f",      "f90",     "pas",   "ada",  "adb",   "ads",
     "cob",    "sql",  "sh",   "bash",  "zsh",    "fish",   "ps1",     "bat",   "cmd",  "cmake", "mk",
     "gradle", "bzl",  "nix",  "tf",    "proto",  "thrift", "graphql", "css",   "scss", "sass",  "less",
     "qml",    "ui",   "glsl", "vert",  "frag",   "hlsl",   "wgsl",    "metal", "ini",  "cfg",   "conf",   "tcl",
     "awk",    "sed",  "vim",  "j2",    "jinja"});

constexpr auto kRstExtensions = std::to_array<std::string_view>({"rst", "rest"});
constexpr auto kTableExtensions = std::to_array<std::string_view>({"csv", "tsv", "tab"});
constexpr auto kDataExtensions = std::to_array<std::string_view>(
    {"json", "jsonl", "ndjson", "geojson", "yaml", "yml", "toml", "xml", "xsd", "xsl", "rss", "atom"});
constexpr auto kMailExtensions = std::to_array<std::string_view>({"eml"});

constexpr auto kHere = ParseIn::ThisProcess;
constexpr auto kChild = ParseIn::Child;

constexpr auto kReaders = std::to_array<DocumentReader>({
    {"pdf", "PDF document", kPdfExtensions, kChild, false, &looksLikePdf, &readPdf},
    {"docx", "Word document", kDocxExtensions, kChild, false, nullptr, &readDocx},
    {"odt", "OpenDocument text", kOdtExtensions, kChild, false, nullptr, &readOdt},
    {"epub", "E-book", kEpubExtensions, kChild, false, nullptr, &readEpub},
    {"rtf", "Rich Text", kRtfExtensions, kChild, false, &looksLikeRtf, &readRtf},
    {"mail", "Mail", kMailExtensions, kChild, true, &looksLikeMail, &readMail},
    {"notebook", "Jupyter notebook", kNotebookExtensions, kChild, true, nullptr, &readNotebook},
    {"html", "Web page", kHtmlExtensions, kChild, true, &looksLikeHtml, &readHtml},
    {"markdown", "Markdown", kMarkdownExtensions, kHere, true, nullptr, &readMarkdown},
    {"rst", "reStructuredText", kRstExtensions, kHere, true, nullptr, &readStructuredText},
    {"table", "Table", kTableExtensions, kHere, true, nullptr, &readTable},
    {"data", "Data", kDataExtensions, kHere, true, nullptr, &readData},
    {"source", "Source code", kSourceExtensions, kHere, true, nullptr, &readSourceCode},
    {"text", "Plain text", kTextExtensions, kHere, true, nullptr, &readPlainText},
    {"folder", "Folder or repository", {}, kHere, false, nullptr, &readFolder},
});

std::string extensionOf(const std::string& path)
{
    const std::size_t slash = path.rfind('/');
    const std::size_t dot = path.rfind('.');
    if (dot == std::string::npos || (slash != std::string::npos && dot < slash))
        return {};
    std::string extension = path.substr(dot + 1);
    std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    return extension;
}

const DocumentReader* byExtension(const std::string& path)
{
    const std::string extension = extensionOf(path);
    for (const DocumentReader& reader : kReaders)
        if (std::find(reader.extensions.begin(), reader.extensions.end(), extension) !=
            reader.extensions.end())
            return &reader;
    return nullptr;
}

const DocumentReader* byContent(std::string_view head)
{
    for (const DocumentReader& reader : kReaders)
        if (reader.looksLike && reader.looksLike(head))
            return &reader;
    return nullptr;
}

const DocumentReader* plainTextReader()
{
    return std::find_if(kReaders.begin(), kReaders.end(),
                        [](const DocumentReader& reader) { return reader.read == &readPlainText; });
}

bool isFolder(const std::string& path)
{
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// What may read the file; the error says why nothing may.
Result<const DocumentReader*> chooseReader(const std::string& path)
{
    if (isFolder(path))
        return std::find_if(kReaders.begin(), kReaders.end(),
                            [](const DocumentReader& reader) { return reader.read == &readFolder; });
    Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    std::array<char, 4096> buffer{};
    const Result<std::size_t> got = file->read(buffer);
    if (!got)
        return failed(got);
    const std::string_view head(buffer.data(), *got);
    if (head.empty())
        return fail(ErrorCode::BadInput, file->name() + " is empty: there is no text in it.");
    const DocumentReader* named = byExtension(path);
    const DocumentReader* seen = byContent(head);
    // A web page kept as .txt or .php is wanted as it stands; a PDF is a PDF whatever it is called.
    if (seen && !(named && named->textual && seen->textual))
        return seen;
    if (named)
        return named;
    if (looksBinary(head))
        return fail(
            ErrorCode::Unsupported, file->name() + " is not a kind of file Lectern can read.",
            "It reads text, Markdown, HTML, PDF, docx, odt, epub, rtf, mail, tables, data, notebooks, source code and folders.");
    return plainTextReader();
}

} // namespace

std::span<const DocumentReader> documentReaders()
{
    return kReaders;
}

const DocumentReader* readerFor(const std::string& path)
{
    const Result<const DocumentReader*> reader = chooseReader(path);
    return reader ? *reader : nullptr;
}

bool canRead(const std::string& path)
{
    return readerFor(path) != nullptr;
}

Result<Document> readDocument(const std::string& path, const ReadOptions& options)
{
    try {
        const Result<const DocumentReader*> reader = chooseReader(path);
        if (!reader)
            return failed(reader);
        if ((*reader)->parseIn == ParseIn::Child && parserChildAvailable())
            return readInChild(path, (*reader)->label, options);
        return (*reader)->read(path, options);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "There is not enough memory to read " + shownName(path) + ".",
                    "Close other programs or split the document.");
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, shownName(path) + " could not be read: " + error.what() + ".",
                    "Please report this with the file if you can.");
    }
}

} // namespace lectern
