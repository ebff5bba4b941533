#include "engine/format/json_tree.h"

#include "engine/base/mapped_file.h"

#include <exception>

namespace lectern {

namespace {

tl::unexpected<Error> bad(const std::string& label, const std::string& why)
{
    return fail(ErrorCode::BadInput, label + " is not a valid JSON file: " + why + ".",
                "The file is damaged; download it again.");
}

// How deep brackets nest outside of texts, and how many values there are at most.
struct JsonSize {
    int depth = 0;
    std::uint64_t values = 0;
};

JsonSize jsonSize(std::string_view text)
{
    int depth = 0, most = 0;
    std::uint64_t values = 0;
    bool inText = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inText && c == '\\')
            ++i;
        else if (c == '"')
            inText = !inText;
        else if (!inText && (c == '[' || c == '{'))
            most = std::max(most, ++depth), ++values;
        else if (!inText && c == ',')
            ++values;
        else if (!inText && (c == ']' || c == '}'))
            --depth;
    }
    return {most, values};
}

} // namespace

Result<nlohmann::json> parseJsonTree(std::string_view text, const std::string& label)
{
    const JsonSize size = jsonSize(text);
    if (size.depth > kMaxJsonTreeDepth)
        return bad(label, "it is nested too deep");
    if (size.values > kMaxJsonTreeValues)
        return bad(label, "it holds more than " + std::to_string(kMaxJsonTreeValues) + " values");
    try {
        return nlohmann::json::parse(text.begin(), text.end());
    } catch (const nlohmann::json::parse_error& problem) {
        return bad(label, "its JSON is broken at byte " + std::to_string(problem.byte));
    } catch (const std::exception& problem) {
        return bad(label, problem.what());
    }
}

Result<nlohmann::json> readJsonTree(const std::string& path, std::uint64_t maxBytes)
{
    const auto file = MappedFile::open(path);
    if (!file)
        return failed(file);
    if (file->bytes().size() > maxBytes)
        return bad(path, "it is larger than the " + std::to_string(maxBytes) + " bytes allowed");
    return parseJsonTree({reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()}, path);
}

} // namespace lectern
