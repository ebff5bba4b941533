#include "engine/format/safetensors_index.h"

#include "engine/format/json_events.h"
#include "engine/format/quoted_name.h"

namespace lectern {

namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxTensors = 1 << 17;

// {"metadata": {...}, "weight_map": {"tensor": "file"}}: all but weight_map is passed over.
class IndexEvents : public JsonEvents {
public:
    std::map<std::string, std::string> files;
    bool found = false;

    bool start_object(std::size_t) override
    {
        m_inMap = m_depth == 1 && m_key == "weight_map";
        if (m_inMap && std::exchange(found, true))
            return refuse("it has two weight maps");
        return deeper();
    }
    bool end_object() override
    {
        m_inMap = false;
        return --m_depth >= 0;
    }
    bool start_array(std::size_t) override
    {
        return m_depth == 0 || m_inMap ? unexpected("a list") : deeper();
    }
    bool end_array() override { return --m_depth >= 0; }
    bool key(std::string& name) override
    {
        m_key = name;
        return true;
    }
    bool string(std::string& text) override
    {
        if (!m_inMap)
            return passOver("a text");
        if (text.empty() || text == "." || text == ".." ||
            text.find_first_of(std::string_view("/\\\0", 3)) != text.npos)
            return refuse("tensor " + quotedName(m_key) + " is in the file " + quotedName(text) +
                          ", which is not a plain file name");
        if (files.size() == kMaxTensors)
            return refuse("it has more than " + std::to_string(kMaxTensors) + " tensors");
        if (!files.try_emplace(m_key, text).second)
            return refuse("tensor " + quotedName(m_key) + " occurs twice");
        return true;
    }
    bool null() override { return passOver("null"); }
    bool boolean(bool) override { return passOver("true or false"); }
    bool number_integer(std::int64_t) override { return passOver("a number"); }
    bool number_unsigned(std::uint64_t) override { return passOver("a number"); }
    bool number_float(double, const std::string&) override { return passOver("a number"); }

protected:
    std::string place() const override { return m_inMap ? "tensor " + quotedName(m_key) : "it"; }

private:
    bool passOver(const char* what) { return m_depth > 0 && !m_inMap ? true : unexpected(what); }
    bool deeper() { return ++m_depth <= kMaxDepth || refuse("its JSON is nested too deep"); }

    int m_depth = 0;
    bool m_inMap = false;
    std::string m_key;
};

} // namespace

Result<std::map<std::string, std::string>> parseSafetensorsIndex(std::string_view text,
                                                                 const std::string& label)
{
    const std::string complaint = label + " is not a valid model index";
    const char* hint = "Download the file again.";
    IndexEvents events;
    if (const Status status = readJson(text, events, complaint, hint); !status)
        return failed(status);
    if (!events.found)
        return fail(ErrorCode::BadInput, complaint + ": it has no \"weight_map\".", hint);
    return std::move(events.files);
}

} // namespace lectern
