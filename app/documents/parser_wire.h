// What goes over the pipes between Lectern and its parser child. Frames: type and payload length, then the payload; CBOR
// but for the text. What comes from the child is checked like a stranger's file.
#pragma once

#include "app/documents/document_readers.h"
#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace lectern {

enum class FrameType : std::uint32_t { Progress = 1, Failure = 2, Facts = 3, Text = 4 };

struct FrameHead {
    FrameType type = FrameType::Progress;
    std::uint64_t bytes = 0; // of the payload
};

struct ParserRequest {
    std::string path;
    ReadLimits limits;
};

std::string requestToBytes(const ParserRequest& request);
Result<ParserRequest> requestFromBytes(std::string_view bytes);

std::string progressToBytes(const ReadProgress& progress);
Result<ReadProgress> progressFromBytes(std::string_view bytes);

std::string errorToBytes(const Error& error);
Error errorFromBytes(std::string_view bytes);

// All of a document but its text and path.
std::string factsToBytes(const Document& document);
// The document of `facts` and `text`; BadInput where a mark lies outside the text or the text is no UTF-8.
Result<Document> documentFromBytes(std::string_view facts, std::string text);

// Writes all of `bytes`; false where the other side is gone.
bool writeAll(int fd, std::string_view bytes);
bool writeFrame(int fd, FrameType type, std::string_view payload);

} // namespace lectern
