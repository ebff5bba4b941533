// lectern-cli perplexity MODEL FILE [--window N] [--stride S]: sliding-window perplexity, in nats.
// Each window is read anew; only the last `stride` tokens of a window count (all of the first), as in the papers.
#include "app/cli/commands.h"
#include "app/cli/model_session.h"

#include <cmath>

namespace lectern {

namespace {

struct PerplexityOptions {
    std::string model, file;
    std::int64_t window = 2048, stride = 256;
};

double negativeLogLikelihood(std::span<const float> logits, TokenId next)
{
    double largest = -INFINITY;
    for (const float logit : logits)
        largest = std::max(largest, double(logit));
    double sum = 0;
    for (const float logit : logits)
        sum += std::exp(double(logit) - largest);
    return largest + std::log(sum) - double(logits[static_cast<std::size_t>(next)]);
}

Status perplexity(CommandLine& line, const PerplexityOptions& options)
{
    const auto model = openModel(line, options.model);
    if (!model)
        return failed(model);
    const auto text = readText(options.file);
    if (!text)
        return failed(text);
    const auto ids = (*model)->tokenizer().encode(*text, Trust::Text);
    if (!ids)
        return failed(ids);
    const auto count = static_cast<std::int64_t>(ids->size());
    if (count < 2)
        return fail(ErrorCode::BadInput, options.file + " is too short to measure.", "Use a longer text.");
    const std::int64_t window = std::min(options.window, count);
    auto session = openSession(line, **model, window);
    if (!session)
        return failed(session);
    double total = 0;
    std::int64_t counted = 0;
    for (std::int64_t begin = 0, end = window, fresh = 1;;) {
        const std::span<const TokenId> tokens(ids->data() + begin, static_cast<std::size_t>(end - begin));
        const Status done =
            (*session)->logitsOfAll(tokens, line.cancel(), [&](std::int64_t position, std::span<const float> row) {
                const std::int64_t next = begin + position + 1;
                if (next < end && next >= fresh) {
                    total += negativeLogLikelihood(row, (*ids)[static_cast<std::size_t>(next)]);
                    ++counted;
                }
            });
        if (!done)
            return done;
        line.progress("Measured " + std::to_string(end) + " of " + std::to_string(count) + " tokens");
        if (end == count)
            break;
        fresh = end;
        end = std::min(count, end + options.stride);
        begin = end - window;
    }
    const double mean = total / double(counted);
    char summary[120];
    std::snprintf(summary, sizeof summary, "%lld tokens, %.4f nats per token, perplexity %.3f",
                  static_cast<long long>(counted), mean, std::exp(mean));
    line.print({{"tokens", counted}, {"nll_per_token", mean}, {"perplexity", std::exp(mean)}}, summary);
    return {};
}

} // namespace

void addPerplexityCommand(CommandLine& line)
{
    auto options = std::make_shared<PerplexityOptions>();
    CLI::App* command = line.addCommand(line.root(), "perplexity", "How well a model predicts a text",
                                        [&line, options] { return perplexity(line, *options); });
    command->add_option("model", options->model, "A GGUF file, a Hugging Face folder, mini or recall")->required();
    command->add_option("file", options->file, "A text; - for standard input")->required();
    command->add_option("--window", options->window, "Tokens read together")->check(CLI::Range(2, 1 << 24));
    command->add_option("--stride", options->stride, "Tokens the window moves on by")->check(CLI::Range(1, 1 << 24));
    line.addEngineOptions(*command);
}

} // namespace lectern
