// lectern-cli logits MODEL --ids 1,2,3 | --ids-file F [--out F.npy] [--last K]
#include "app/cli/commands.h"
#include "app/cli/model_session.h"

#include <cstring>

namespace lectern {

namespace {

struct LogitsOptions {
    std::string model, ids, idsFile, out;
    std::int64_t last = 0;
};

// NumPy's format, version 1.0: a header padded to 64 bytes, then float32 rows.
std::string npy(const std::vector<float>& values, std::size_t rows, std::size_t cols)
{
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                         std::to_string(cols) + "), }";
    while ((10 + header.size() + 1) % 64 != 0)
        header += ' ';
    header += '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 0xff);
    bytes += static_cast<char>(header.size() >> 8);
    bytes += header;
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    return bytes;
}

Status logits(CommandLine& line, const LogitsOptions& options)
{
    const auto model = openModel(line, options.model);
    if (!model)
        return failed(model);
    const auto text = options.idsFile.empty() ? Result<std::string>(options.ids) : readText(options.idsFile);
    if (!text)
        return failed(text);
    const auto ids = parseIds(*text);
    if (!ids)
        return failed(ids);
    if (ids->empty())
        return fail(ErrorCode::Usage, "There are no token ids.", "Give --ids or --ids-file.");
    auto session = openSession(line, **model, static_cast<std::int64_t>(ids->size()));
    if (!session)
        return failed(session);
    const auto count = static_cast<std::int64_t>(ids->size());
    const std::int64_t first = options.last > 0 ? std::max<std::int64_t>(0, count - options.last) : 0;
    const auto vocabulary = static_cast<std::size_t>((*model)->model()->spec().vocabulary);
    std::vector<float> rows;
    const Status done =
        (*session)->logitsOfAll(*ids, line.cancel(), [&](std::int64_t position, std::span<const float> row) {
            if (position >= first)
                rows.insert(rows.end(), row.begin(), row.end());
        });
    if (!done)
        return done;
    const std::size_t rowCount = rows.size() / vocabulary;
    Json json = {{"vocab", vocabulary}, {"rows", rowCount}};
    std::string summary = std::to_string(rowCount) + " rows of " + std::to_string(vocabulary) + " logits";
    if (!options.out.empty()) {
        if (auto written = writeFile(options.out, npy(rows, rowCount, vocabulary)); !written)
            return written;
        summary += " written to " + options.out;
    } else {
        Json list = Json::array();
        for (std::size_t row = 0; row < rowCount; ++row)
            list.push_back(std::vector<float>(rows.begin() + std::ptrdiff_t(row * vocabulary),
                                              rows.begin() + std::ptrdiff_t((row + 1) * vocabulary)));
        json["logits"] = std::move(list);
        summary = dumpJson(json, false);
    }
    line.print(json, summary);
    return {};
}

} // namespace

void addLogitsCommand(CommandLine& line)
{
    auto options = std::make_shared<LogitsOptions>();
    CLI::App* command = line.addCommand(line.root(), "logits", "Logits after each token",
                                        [&line, options] { return logits(line, *options); });
    command->add_option("model", options->model, "A GGUF file, a Hugging Face folder, mini or recall")->required();
    auto* ids = command->add_option("--ids", options->ids, "Token ids: 1,2,3");
    command->add_option("--ids-file", options->idsFile, "A file with token ids; - for standard input")->excludes(ids);
    command->add_option("--out", options->out, "Write float32 rows to a .npy file");
    command->add_option("--last", options->last, "Keep the last K rows");
    line.addEngineOptions(*command);
}

} // namespace lectern
