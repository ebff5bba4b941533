// lectern-cli model convert FOLDER OUT, model quantize IN OUT --type T, model merge A B --weight W --out C:
// models written anew as GGUF files.
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "app/worker/resources.h"
#include "engine/convert/model_writer.h"

#include <chrono>
#include <filesystem>

namespace lectern {

namespace {

struct FileOptions {
    std::string in, second, out, type;
    double weight = 0.5;
    int threads = 0;
};

// `out`: what will be written, which may not be the model that is read.
Result<TensorSource> openSource(const std::string& model, const std::string& out)
{
    const auto path = modelPath(model);
    if (!path)
        return failed(path);
    std::error_code absent;
    if (std::filesystem::equivalent(*path, out, absent))
        return fail(ErrorCode::Usage,
                    out + " is the model that is read; it would be replaced by what is made of it.",
                    "Name another file to write.");
    return openTensorSource(*path);
}

Status writeTo(const CommandLine& line, const TensorSource& source, const FileOptions& options)
{
    WriteSettings settings;
    settings.cancel = line.cancel();
    if (!options.type.empty()) {
        const auto type = writableType(options.type);
        if (!type)
            return failed(type);
        settings.type = *type;
    }
    settings.progress = [&line](const WriteProgress& progress) {
        line.progress("Writing " + humanBytes(progress.doneBytes) + " of " + humanBytes(progress.totalBytes) +
                      ", " + progress.tensor);
    };
    ThreadPool pool(options.threads);
    const auto start = std::chrono::steady_clock::now();
    const auto report = writeModel(source, options.out, settings, pool);
    if (!report)
        return failed(report);
    for (const std::string& warning : report->warnings)
        line.note(warning);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    Json types = Json::object();
    std::string text = options.out + ": " + humanBytes(report->bytes) + " of weights,";
    for (const auto& [type, count] : report->types) {
        types[type] = count;
        text += " " + std::to_string(count) + " x " + type;
    }
    line.print({{"path", options.out},
                {"weights_bytes", report->bytes},
                {"tensor_types", types},
                {"seconds", seconds},
                {"warnings", report->warnings}},
               text);
    return {};
}

Status rewrite(const CommandLine& line, const FileOptions& options)
{
    const auto source = openSource(options.in, options.out);
    return source ? writeTo(line, *source, options) : Status(failed(source));
}

Status merge(const CommandLine& line, const FileOptions& options)
{
    auto first = openSource(options.in, options.out), second = openSource(options.second, options.out);
    if (!first || !second)
        return first ? failed(second) : failed(first);
    const auto merged = mergedSource(std::move(*first), std::move(*second), options.weight);
    return merged ? writeTo(line, *merged, options) : Status(failed(merged));
}

} // namespace

void addModelFileCommands(CommandLine& line, CLI::App& group)
{
    auto options = std::make_shared<FileOptions>();
    const std::string types = "Type of the matrices: " + writableTypeNames();
    const char* model = "A GGUF file or a Hugging Face folder";
    const auto add = [&](const char* name, const char* summary,
                         Status (*run)(const CommandLine&, const FileOptions&)) {
        CLI::App* command =
            line.addCommand(group, name, summary, [&line, options, run] { return run(line, *options); });
        command
            ->add_option("--threads", options->threads, "Threads to pack with; 0: all this process may use")
            ->check(CLI::Range(0, 1024));
        return command;
    };
    CLI::App* convert = add("convert", "Write a Hugging Face folder as one GGUF file", rewrite);
    convert->add_option("folder", options->in, model)->required();
    convert->add_option("out", options->out, "The GGUF file to write")->required();
    convert->add_option("--type", options->type, types + "; else as they are");
    CLI::App* quantize = add("quantize", "Write a model with its matrices in another type", rewrite);
    quantize->add_option("in", options->in, model)->required();
    quantize->add_option("out", options->out, "The GGUF file to write")->required();
    quantize->add_option("--type", options->type, types)->required();
    CLI::App* mean = add("merge", "Write the weighted mean of two checkpoints of a model", merge);
    mean->add_option("first", options->in, model)->required();
    mean->add_option("second", options->second, model)->required();
    mean->add_option("--weight", options->weight, "Share of the first one")->check(CLI::Range(-10.0, 10.0));
    mean->add_option("--out", options->out, "The GGUF file to write")->required();
    mean->add_option("--type", options->type, types + "; else those of the first one");
}

} // namespace lectern
