// lectern-cli tokenize MODEL [--file F|-] [--special] [--bos] [--decode]
#include "app/cli/commands.h"
#include "app/cli/model_session.h"

namespace lectern {

namespace {

struct TokenizeOptions {
    std::string model, file = "-";
    bool special = false, bos = false, decode = false;
};

Status tokenize(CommandLine& line, const TokenizeOptions& options)
{
    const auto model = openModel(line, options.model);
    if (!model)
        return failed(model);
    const auto text = readText(options.file);
    if (!text)
        return failed(text);
    const Tokenizer& tokenizer = (*model)->tokenizer();
    if (options.decode) {
        const auto ids = parseIds(*text);
        if (!ids)
            return failed(ids);
        const std::string decoded = tokenizer.decode(*ids);
        line.print({{"text", decoded}}, decoded);
        return {};
    }
    auto ids = tokenizer.encode(*text, options.special ? Trust::Template : Trust::Text);
    if (!ids)
        return failed(ids);
    if (options.bos && tokenizer.vocabulary().bos)
        ids->insert(ids->begin(), *tokenizer.vocabulary().bos);
    line.print({{"ids", *ids}}, dumpJson(*ids, false));
    return {};
}

} // namespace

void addTokenizeCommand(CommandLine& line)
{
    auto options = std::make_shared<TokenizeOptions>();
    CLI::App* command = line.addCommand(line.root(), "tokenize", "Text to token ids, or back with --decode",
                                        [&line, options] { return tokenize(line, *options); });
    command->add_option("model", options->model, "A GGUF file, a Hugging Face folder, mini or recall")->required();
    command->add_option("--file", options->file, "The text; - for standard input");
    command->add_flag("--special", options->special, "Special tokens in the text count as such");
    command->add_flag("--bos", options->bos, "Begin with the model's BOS token");
    command->add_flag("--decode", options->decode, "Read a list of ids, print their text");
}

} // namespace lectern
