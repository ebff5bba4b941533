#include "app/worker/fit.h"

#include "app/worker/session_settings.h"
#include "engine/run/memory_estimate.h"
#include "engine/run/settled_plan.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace lectern {

namespace {

constexpr std::array kPlans = {"longgen", "window:sink=4,window=4096"};
constexpr std::array kKvTypes = {"q8_0", "q4_0"};
constexpr std::size_t kChoicesInHint = 3;

std::string shownMiB(std::uint64_t bytes)
{
    return std::to_string((bytes + (std::uint64_t(1) << 20) - 1) >> 20) + " MiB";
}

class Fitting {
public:
    Fitting(const LoadedModel& model, const EngineSettings& settings, const ReadingPrompt& prompt,
            const std::vector<Document>& documents, int answerTokens, std::uint64_t availableBytes)
        : m_model(model), m_settings(settings), m_prompt(prompt), m_documents(documents),
          m_answerTokens(answerTokens), m_available(availableBytes)
    {
        m_report.promptTokens = static_cast<std::int64_t>(prompt.ids.size());
        m_report.contextTokens = std::max(model.model()->spec().contextLength, settings.context);
        m_report.documentTokens.resize(documents.size());
        for (const DocumentSpan& span : prompt.spans)
            if (span.document >= 0)
                ++m_report.documentTokens[static_cast<std::size_t>(span.document)];
        for (const DocumentSpan& span : prompt.spans)
            if (span.document == 0)
                m_begins.push_back(span.begin);
    }

    Result<FitReport> measure()
    {
        const auto now = cost(m_settings.plan, m_settings.kvType, m_report.promptTokens);
        if (!now)
            return failed(now);
        m_report.totalBytes = now->totalBytes();
        m_report.availableBytes = available(*now);
        m_report.fitsContext = m_report.promptTokens < m_report.contextTokens;
        m_report.fitsMemory = fitsMemory(*now);
        if (!m_report.fitsMemory) {
            offerKvTypes(m_settings.plan, FitChoice::Kind::KvType);
            for (const char* plan : kPlans)
                offerPlan(plan);
        }
        if (!m_report.fits())
            offerLess();
        if (!m_report.fitsContext)
            offerLongerContext();
        return std::move(m_report);
    }

private:
    Result<MemoryEstimate> cost(const std::string& planText, const std::string& kvType, std::int64_t tokens) const
    {
        const std::int64_t context = std::max(tokens + m_answerTokens + 1, m_settings.context);
        const auto settled =
            settlePlan(*m_model.model(), m_model.plan(), planText, m_settings.positions, kvType, context);
        if (!settled)
            return failed(settled);
        const KvLayouts layouts(settled->types, m_model.model()->spec().headDim);
        return estimateMemory(*m_model.model(), settled->plan, layouts, context, SessionSettings().chunkTokens,
                              settled->positions.anyDual());
    }

    std::uint64_t available(const MemoryEstimate& estimate) const
    {
        return m_available > 0 ? m_available : estimate.availableBytes;
    }
    bool fitsMemory(const MemoryEstimate& estimate) const
    {
        const std::uint64_t bytes = available(estimate);
        return bytes == 0 || estimate.totalBytes() <= bytes;
    }

    // Adds `choice` if it fits; false where it does not.
    bool offer(FitChoice choice, const std::string& plan, const std::string& kvType, std::int64_t tokens)
    {
        const auto then = cost(plan, kvType, tokens);
        if (!then || !fitsMemory(*then) || (choice.kind != FitChoice::Kind::LongerContext && tokens >= m_report.contextTokens))
            return false;
        choice.plan = plan;
        choice.kvType = kvType;
        choice.tokens = tokens;
        choice.totalBytes = then->totalBytes();
        choice.label += " (" + std::to_string(tokens) + " tokens, " + shownMiB(choice.totalBytes) + ")";
        m_report.choices.push_back(std::move(choice));
        return true;
    }

    void offerKvTypes(const std::string& plan, FitChoice::Kind kind)
    {
        for (const char* type : kKvTypes) {
            FitChoice choice;
            choice.kind = kind;
            choice.label = kind == FitChoice::Kind::KvType ? std::string("keep keys and values as ") + type
                                                          : "use plan " + plan + " with keys and values as " + type;
            if (m_settings.kvType != type && offer(std::move(choice), plan, type, m_report.promptTokens))
                return;
        }
    }

    void offerPlan(const std::string& plan)
    {
        FitChoice choice;
        choice.label = "use plan " + plan;
        if (plan == m_settings.plan || offer(std::move(choice), plan, m_settings.kvType, m_report.promptTokens))
            return;
        offerKvTypes(plan, FitChoice::Kind::Plan);
    }

    void offerLess()
    {
        if (m_documents.size() > 1)
            offerFewerDocuments();
        else if (m_documents.size() == 1 && !m_documents.front().pages.empty())
            offerFewerPages();
        else if (m_documents.size() == 1 && m_documents.front().files.size() > 1)
            offerFewerFiles();
    }

    // The largest go first: as few as possible.
    void offerFewerDocuments()
    {
        std::vector<std::size_t> order(m_documents.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return m_report.documentTokens[a] > m_report.documentTokens[b];
        });
        std::int64_t tokens = m_report.promptTokens;
        FitChoice choice;
        choice.kind = FitChoice::Kind::FewerDocuments;
        choice.label = "leave out";
        for (std::size_t i = 0; i + 1 < order.size(); ++i) {
            tokens -= m_report.documentTokens[order[i]];
            choice.documents.push_back(m_documents[order[i]].id.value);
            choice.label += (i == 0 ? " " : ", ") + m_documents[order[i]].name;
            if (offer(choice, m_settings.plan, m_settings.kvType, tokens))
                return;
        }
    }

    // Prompt tokens whose text begins in bytes [begin, end) of the only document.
    std::int64_t tokensIn(std::uint64_t begin, std::uint64_t end) const
    {
        const auto before = [&](std::uint64_t offset) {
            return std::lower_bound(m_begins.begin(), m_begins.end(), offset) - m_begins.begin();
        };
        return before(end) - before(begin);
    }

    void offerFewerPages()
    {
        const Document& document = m_documents.front();
        std::size_t low = 0, high = document.pages.size(); // `low` pages fit, `high` do not
        while (high - low > 1) {
            const std::size_t middle = (low + high) / 2;
            (fitsTo(middle) ? low : high) = middle;
        }
        if (low == 0)
            return;
        FitChoice choice;
        choice.kind = FitChoice::Kind::FewerPages;
        choice.pages = static_cast<int>(low);
        choice.label = "read only to page " + std::to_string(document.pages[low - 1].page) + " of " +
                       std::to_string(document.pages.size());
        offer(std::move(choice), m_settings.plan, m_settings.kvType, tokensTo(low));
    }

    std::int64_t tokensTo(std::size_t pages) const
    {
        const Document& document = m_documents.front();
        return m_report.promptTokens - tokensIn(document.pages[pages].offset, document.text.size());
    }
    bool fitsTo(std::size_t pages) const
    {
        const std::int64_t tokens = tokensTo(pages);
        const auto then = cost(m_settings.plan, m_settings.kvType, tokens);
        return tokens < m_report.contextTokens && then && fitsMemory(*then);
    }

    // From the front of a folder, where the files stand that change least.
    void offerFewerFiles()
    {
        const Document& document = m_documents.front();
        std::int64_t tokens = m_report.promptTokens;
        FitChoice choice;
        choice.kind = FitChoice::Kind::FewerFiles;
        for (std::size_t i = 0; i + 1 < document.files.size(); ++i) {
            const FileMark& file = document.files[i];
            tokens -= tokensIn(file.offset - std::min<std::uint64_t>(file.offset, fileHeader(file.path).size()),
                               document.files[i + 1].offset - fileHeader(document.files[i + 1].path).size());
            choice.files.push_back(file.path);
            choice.label = "leave out " + std::to_string(i + 1) + " of " + std::to_string(document.files.size()) +
                           " files, those that change least";
            if (tokens < m_report.contextTokens && offer(choice, m_settings.plan, m_settings.kvType, tokens))
                return;
        }
    }

    void offerLongerContext()
    {
        FitChoice choice;
        choice.kind = FitChoice::Kind::LongerContext;
        choice.label = "set the context to " + std::to_string(m_report.promptTokens + m_answerTokens + 1) +
                       ", beyond what the model was made for";
        offer(std::move(choice), m_settings.plan, m_settings.kvType, m_report.promptTokens);
    }

    const LoadedModel& m_model;
    const EngineSettings& m_settings;
    const ReadingPrompt& m_prompt;
    const std::vector<Document>& m_documents;
    int m_answerTokens;
    std::uint64_t m_available;
    std::vector<std::uint64_t> m_begins; // of the first document's tokens, rising
    FitReport m_report;
};

} // namespace

Result<FitReport> measureFit(const LoadedModel& model, const EngineSettings& settings, const ReadingPrompt& prompt,
                             const std::vector<Document>& documents, int answerTokens, std::uint64_t availableBytes)
{
    return Fitting(model, settings, prompt, documents, answerTokens, availableBytes).measure();
}

Error fitError(const FitReport& report, const std::string& modelName)
{
    Error error;
    if (!report.fitsContext) {
        error.code = ErrorCode::TooLong;
        error.message = "The documents and questions have " + std::to_string(report.promptTokens) + " tokens; " +
                        modelName + " reads at most " + std::to_string(report.contextTokens) + " (" +
                        std::to_string(report.promptTokens - report.contextTokens + 1) + " too many).";
    } else {
        error.code = ErrorCode::OutOfMemory;
        error.message = "Reading " + std::to_string(report.promptTokens) + " tokens takes " +
                        shownMiB(report.totalBytes) + " of memory; " + shownMiB(report.availableBytes) + " are free.";
        error.bytesAsked = report.totalBytes;
        error.bytesFree = report.availableBytes;
    }
    for (std::size_t i = 0; i < std::min(report.choices.size(), kChoicesInHint); ++i)
        error.hint += (i == 0 ? "You can " : "; or ") + report.choices[i].label;
    error.hint += report.choices.empty() ? "Ask about fewer documents, or open a model with a longer context." : ".";
    return error;
}

} // namespace lectern
