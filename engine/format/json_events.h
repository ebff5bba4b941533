// JSON read as a stream of events, without a tree in memory: a hostile file of brackets costs nothing. A
// reader of one kind of file derives from JsonEvents and accepts the events it expects; everything else ends
// the parse with words.
#pragma once

#include "engine/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace lectern {

class JsonEvents : public nlohmann::json_sax<nlohmann::json> {
public:
    const std::string& error() const { return m_error; } // empty: no complaint so far

    bool null() override { return unexpected("null"); }
    bool boolean(bool) override { return unexpected("true or false"); }
    bool number_integer(std::int64_t) override { return unexpected("a negative number"); }
    bool number_unsigned(std::uint64_t) override { return unexpected("a number"); }
    bool number_float(double, const std::string&) override
    {
        return unexpected("a fractional or too large number");
    }
    bool string(std::string&) override { return unexpected("a text"); }
    bool binary(nlohmann::json::binary_t&) override { return unexpected("binary data"); }
    bool start_object(std::size_t) override { return unexpected("an object"); }
    bool end_object() override { return true; }
    bool key(std::string&) override { return unexpected("a key"); }
    bool start_array(std::size_t) override { return unexpected("a list"); }
    bool end_array() override { return true; }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override;

protected:
    // Both answer false, which ends the parse.
    bool refuse(std::string why);
    bool unexpected(const std::string& found)
    {
        return refuse(place() + " holds " + found + " where it must not");
    }
    virtual std::string place() const { return "it"; } // where the parse is, for messages

private:
    std::string m_error;
};

// Runs `events` over the whole of `text`. BadInput: "<label> <start>: <why>."; never throws.
Status readJson(std::string_view text, JsonEvents& events, const std::string& complaint,
                const std::string& hint);

} // namespace lectern
