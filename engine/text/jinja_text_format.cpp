// "{} of {name}".format(...) and "%s of %d" % (...): the plain forms, without widths or other format
// specifications.
#include "engine/text/jinja_runtime.h"

#include <charconv>
#include <cmath>

namespace lectern::jinja {

ValueResult formatBraces(Runtime& runtime, const Arguments& in)
{
    const Text& pattern = *in.self.text;
    const std::string& bytes = pattern.bytes();
    Text out;
    std::size_t next = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t brace = std::min(bytes.find_first_of("{}", at), bytes.size());
        out.appendSlice(pattern, at, brace - at);
        if (brace == bytes.size())
            break;
        if (brace + 1 < bytes.size() && bytes[brace + 1] == bytes[brace]) {
            out.appendSlice(pattern, brace, 1);
            at = brace + 2;
            continue;
        }
        const std::size_t close = bytes.find('}', brace);
        if (bytes[brace] == '}' || close == std::string::npos)
            return runtime.error("a format text has a brace without its partner");
        const std::string field = bytes.substr(brace + 1, close - brace - 1);
        if (field.find_first_of(":!.[") != std::string::npos)
            return runtime.unsupported("the format '{" + field + "}'");
        std::size_t index = next;
        const bool isNumber =
            !field.empty() &&
            std::from_chars(field.data(), field.data() + field.size(), index).ec == std::errc();
        next += field.empty() ? 1 : 0;
        const Value value =
            field.empty() || isNumber ? in.get(index, {}) : in.get(in.positional.size(), field);
        if (value.is(Kind::Undefined))
            return runtime.error("a format text asks for a value that was not given");
        out.append(toText(value));
        if (const Status fits = runtime.charge(out.size()); !fits)
            return failed(fits);
        at = close + 1;
    }
    return runtime.text(std::move(out));
}

ValueResult formatPercent(Runtime& runtime, const Arguments& in)
{
    const Text& pattern = *in.self.text;
    const std::string& bytes = pattern.bytes();
    Text out;
    std::size_t next = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t percent = std::min(bytes.find('%', at), bytes.size());
        out.appendSlice(pattern, at, percent - at);
        if (percent == bytes.size())
            break;
        const char kind = percent + 1 < bytes.size() ? bytes[percent + 1] : '\0';
        at = percent + 2;
        if (kind == '%') {
            out.appendSlice(pattern, percent, 1);
            continue;
        }
        if (kind != 's' && kind != 'd')
            return runtime.unsupported("the format '%" + std::string(1, kind == '\0' ? ' ' : kind) + "'");
        if (next >= in.positional.size())
            return runtime.error("a format text asks for a value that was not given");
        const Value value = in.positional[next++];
        if (kind == 'd' && (!value.isNumber() || std::fabs(value.number()) > 9.0e18))
            return runtime.error("%d needs a number");
        out.append(kind == 'd' ? toText(Value::of(value.isWhole() ? value.whole()
                                                                  : static_cast<std::int64_t>(value.real)))
                               : toText(value));
        if (const Status fits = runtime.charge(out.size()); !fits)
            return failed(fits);
    }
    if (next < in.positional.size())
        return runtime.error("a format text leaves a value unused");
    return runtime.text(std::move(out));
}

} // namespace lectern::jinja
