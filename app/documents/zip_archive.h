// A zip file read part by part into memory. Nothing is ever written to disk, names are only compared, and
// every way to make little into much is bounded by ReadLimits.
#pragma once

#include "app/documents/document_readers.h"
#include "app/documents/input_file.h"
#include "engine/base/result.h"

#include <cstdint>
#include <memory>
#include <string>

struct zip;

namespace lectern {

class ZipArchive {
public:
    // BadInput (not a zip, damaged, overlapping parts), TooLong (too many parts). `options` must outlive the
    // archive.
    static Result<ZipArchive> open(const InputFile& file, const ReadOptions& options);

    bool has(const std::string& entry) const;
    // The whole part. NotFound, BadInput (damaged), Unsupported (locked with a password), TooLong (a limit of
    // ReadLimits), Cancelled.
    Result<std::string> read(const std::string& entry);

private:
    struct Closer {
        void operator()(zip* archive) const;
    };
    ZipArchive(zip* archive, std::string name, const ReadOptions& options);
    Status checkParts(std::uint64_t fileBytes) const;

    std::unique_ptr<zip, Closer> m_archive;
    std::string m_name; // for messages
    const ReadOptions* m_options;
    std::uint64_t m_unpacked = 0; // by all read() so far
};

} // namespace lectern
