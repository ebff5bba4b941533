#include "engine/convert/model_writer.h"

#include "engine/format/gguf_writer.h"
#include "engine/quant/quant_types.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace lectern {

namespace {

constexpr std::uint64_t kPieceFloats = 1 << 20; // rows packed together: 4 MiB of f32

struct FallbackRow {
    TensorType type;
    TensorType instead; // where rows are no multiple of 256
};

constexpr std::array kFallbacks{
    FallbackRow{TensorType::Q2_K, TensorType::Q4_0},   FallbackRow{TensorType::Q3_K, TensorType::Q4_0},
    FallbackRow{TensorType::Q4_K, TensorType::Q5_0},   FallbackRow{TensorType::Q5_K, TensorType::Q5_1},
    FallbackRow{TensorType::Q6_K, TensorType::Q8_0},   FallbackRow{TensorType::IQ4_XS, TensorType::IQ4_NL},
};

// general.file_type, for programs that show it.
struct FileTypeRow {
    TensorType type;
    std::uint64_t number;
};

constexpr std::array kFileTypes{
    FileTypeRow{TensorType::F32, 0},   FileTypeRow{TensorType::F16, 1},   FileTypeRow{TensorType::Q4_0, 2},
    FileTypeRow{TensorType::Q4_1, 3},  FileTypeRow{TensorType::Q8_0, 7},  FileTypeRow{TensorType::Q5_0, 8},
    FileTypeRow{TensorType::Q5_1, 9},  FileTypeRow{TensorType::Q2_K, 10}, FileTypeRow{TensorType::Q3_K, 12},
    FileTypeRow{TensorType::Q4_K, 14}, FileTypeRow{TensorType::Q5_K, 16}, FileTypeRow{TensorType::Q6_K, 18},
    FileTypeRow{TensorType::IQ4_NL, 25}, FileTypeRow{TensorType::IQ4_XS, 30}, FileTypeRow{TensorType::BF16, 32},
};

bool isWholeRows(TensorType type, std::uint64_t cols)
{
    return cols % tensorTypeInfo(type)->blockElements == 0;
}

bool isMatrix(const SourceTensor& tensor)
{
    return tensor.shape.size() >= 2;
}

bool isWritable(TensorType type)
{
    return quantType(type) && quantType(type)->packRow;
}

TensorType plainType(const SourceTensor& tensor)
{
    return !isMatrix(tensor) || !(tensor.raw || isWritable(tensor.type)) || tensor.type == TensorType::F64
               ? TensorType::F32
               : tensor.type;
}

class Writing {
public:
    Writing(const TensorSource& source, const WriteSettings& settings, ThreadPool& pool)
        : m_source(source), m_settings(settings), m_pool(pool)
    {
    }

    Status addKeys();
    Status addTensors();
    Result<WriteReport> write(const std::string& path);

private:
    Status produce(const SourceTensor& tensor, TensorType type, const GgufWriter::Sink& sink);
    Status copy(const SourceTensor& tensor, const GgufWriter::Sink& sink);
    Status hand(const GgufWriter::Sink& sink, std::span<const std::byte> piece, const SourceTensor& tensor);

    const TensorSource& m_source;
    const WriteSettings& m_settings;
    ThreadPool& m_pool;
    GgufWriter m_writer;
    WriteReport m_report;
    WriteProgress m_progress;
};

Status Writing::addKeys()
{
    constexpr std::array<std::string_view, 3> kSplit{"split.no", "split.count", "split.tensors.count"};
    std::uint64_t fileType = 0;
    for (const FileTypeRow& row : kFileTypes)
        if (row.type == m_settings.type.value_or(TensorType::F16))
            fileType = row.number;
    const auto add = [&](const std::string& key, const MetaValue& value) -> Status {
        const bool own = key == "general.file_type" || key == "general.quantization_version" ||
                         key == kGgufAlignmentKey || std::ranges::find(kSplit, key) != kSplit.end();
        if (own)
            return {};
        std::optional<GgufValueType> type;
        if (key == "tokenizer.ggml.token_type")
            type = GgufValueType::I32;
        if (key == "tokenizer.ggml.precompiled_charsmap")
            type = GgufValueType::U8;
        return m_writer.add(key, value, type);
    };
    // First what the file is: programs read keys in order.
    for (const char* first : {"general.architecture", "general.name"})
        if (const MetaValue* value = m_source.metadata.find(first))
            if (const Status added = add(first, *value); !added)
                return added;
    for (const auto& [key, value] : m_source.metadata.entries())
        if (!m_writer.contains(key))
            if (const Status added = add(key, value); !added)
                return added;
    if (m_settings.type)
        if (const Status added = m_writer.add("general.file_type", fileType); !added)
            return added;
    return m_writer.add("general.quantization_version", std::uint64_t{2});
}

Status Writing::addTensors()
{
    for (const SourceTensor& tensor : m_source.tensors) {
        const TensorType type = m_settings.type && isMatrix(tensor) ? storedType(tensor, *m_settings.type)
                                                                     : plainType(tensor);
        const TensorTypeInfo& info = *tensorTypeInfo(type);
        m_progress.totalBytes += tensorBytes(info, tensor.cols()) * tensor.rows();
        ++m_report.types[std::string(info.name)];
        const bool asIs = tensor.raw && tensor.type == type;
        const Status added =
            m_writer.addTensor(tensor.name, type, tensor.shape, [this, &tensor, type, asIs](const auto& sink) {
                return asIs ? copy(tensor, sink) : produce(tensor, type, sink);
            });
        if (!added)
            return added;
    }
    return {};
}

Status Writing::hand(const GgufWriter::Sink& sink, std::span<const std::byte> piece, const SourceTensor& tensor)
{
    if (m_settings.cancel.isCancelled())
        return fail(ErrorCode::Cancelled, "The writing was stopped; nothing was written.");
    if (Status written = sink(piece); !written)
        return written;
    m_progress.doneBytes += piece.size();
    m_progress.tensor = tensor.name;
    if (m_settings.progress)
        m_settings.progress(m_progress);
    return {};
}

Status Writing::copy(const SourceTensor& tensor, const GgufWriter::Sink& sink)
{
    if (const Status intact = m_source.stillIntact(); !intact)
        return intact;
    constexpr std::uint64_t kPieceBytes = kPieceFloats * sizeof(float);
    for (std::uint64_t at = 0; at < tensor.rawBytes; at += kPieceBytes) {
        const std::span<const std::byte> piece(tensor.raw + at, std::min(kPieceBytes, tensor.rawBytes - at));
        if (Status written = hand(sink, piece, tensor); !written)
            return written;
    }
    return {};
}

Status Writing::produce(const SourceTensor& tensor, TensorType type, const GgufWriter::Sink& sink)
{
    if (const Status intact = m_source.stillIntact(); !intact)
        return intact;
    const std::uint64_t cols = tensor.cols(), rows = tensor.rows();
    const std::uint64_t rowBytes = tensorBytes(*tensorTypeInfo(type), cols);
    const std::uint64_t most = std::max<std::uint64_t>(1, kPieceFloats / cols);
    std::vector<std::byte> packed(most * rowBytes);
    std::vector<std::vector<float>> floats(std::size_t(m_pool.threads()), std::vector<float>(cols));
    for (std::uint64_t first = 0; first < rows; first += most) {
        const std::uint64_t count = std::min(most, rows - first);
        m_pool.parallelFor(int(count), [&](int index, int thread) {
            float* row = floats[std::size_t(thread)].data();
            tensor.read(first + std::uint64_t(index), row);
            quantType(type)->packRow(row, packed.data() + std::uint64_t(index) * rowBytes, cols);
        });
        if (Status written = hand(sink, std::span(packed).first(count * rowBytes), tensor); !written)
            return written;
    }
    return {};
}

Result<WriteReport> Writing::write(const std::string& path)
{
    if (const Status written = m_writer.write(path); !written)
        return failed(written);
    m_report.bytes = m_progress.doneBytes;
    m_report.warnings = m_source.warnings;
    return std::move(m_report);
}

} // namespace

TensorType storedType(const SourceTensor& tensor, TensorType wanted)
{
    const bool head = tensor.name == "output.weight";
    const bool coarse = tensorTypeInfo(wanted)->blockBytes * 8 < tensorTypeInfo(wanted)->blockElements * 6;
    TensorType type = head && coarse ? TensorType::Q6_K : wanted;
    if (!isWholeRows(type, tensor.cols())) {
        const auto row = std::ranges::find(kFallbacks, type, &FallbackRow::type);
        type = row == kFallbacks.end() ? TensorType::F16 : row->instead;
    }
    return isWholeRows(type, tensor.cols()) ? type : TensorType::F16;
}

std::string writableTypeNames()
{
    std::string names;
    for (const QuantType& row : quantTypes())
        if (row.packRow)
            names += (names.empty() ? "" : ", ") + std::string(tensorTypeInfo(row.type)->name);
    return names;
}

Result<TensorType> writableType(const std::string& name)
{
    std::string upper = name;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return char(std::toupper(c)); });
    const auto type = tensorTypeByName(upper);
    if (type && isWritable(*type))
        return *type;
    return fail(ErrorCode::Usage, "Lectern can not write the tensor type \"" + name + "\".",
                "Types it writes: " + writableTypeNames() + ".");
}

Result<WriteReport> writeModel(const TensorSource& source, const std::string& path, const WriteSettings& settings,
                               ThreadPool& pool)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return fail(ErrorCode::Usage, path + " is a folder.", "Name the GGUF file to write.");
    Writing writing(source, settings, pool);
    if (const Status keys = writing.addKeys(); !keys)
        return failed(keys);
    if (const Status tensors = writing.addTensors(); !tensors)
        return failed(tensors);
    return writing.write(path);
}

} // namespace lectern
