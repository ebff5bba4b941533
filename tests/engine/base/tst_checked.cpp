// Arithmetic that must not wrap, and the small value types everything stands on.
#include "engine/base/checked.h"
#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/base/tensor_type.h"

#include <QtTest>

#include <limits>
#include <set>

using namespace lectern;

namespace {
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

__extension__ typedef unsigned __int128 Wide;

// The same sums in 128 bits.
std::optional<std::uint64_t> fits(Wide wide)
{
    return wide <= kMost ? std::optional(static_cast<std::uint64_t>(wide)) : std::nullopt;
}
} // namespace

class TestChecked : public QObject {
    Q_OBJECT

private slots:
    void matchesWideArithmetic();
    void everyTensorTypeHasOneRow();
    void errorsHaveDistinctNames();
};

void TestChecked::matchesWideArithmetic()
{
    const std::uint64_t edges[] = {
        0, 1, 2, 3, 31, 32, 33, 1u << 31, kMost >> 1, kMost / 3, kMost / 2 + 1, kMost - 31, kMost - 1, kMost};
    for (const std::uint64_t a : edges) {
        for (const std::uint64_t b : edges) {
            const Wide wideA = a, wideB = b;
            QVERIFY(checkedAdd(a, b) == fits(wideA + wideB));
            QVERIFY(checkedMul(a, b) == fits(wideA * wideB));
            if (b > 0)
                QVERIFY(checkedRoundUp(a, b) == fits((wideA + wideB - 1) / wideB * wideB));
        }
    }
}

void TestChecked::everyTensorTypeHasOneRow()
{
    std::set<std::string_view> names;
    for (std::uint32_t number = 0; number < 256; ++number) {
        const TensorTypeInfo* info = tensorTypeInfo(static_cast<TensorType>(number));
        if (!info)
            continue;
        QCOMPARE(static_cast<std::uint32_t>(info->type), number);
        QVERIFY(info->blockElements > 0 && info->blockBytes > 0);
        QVERIFY(names.insert(info->name).second);
        QVERIFY(tensorTypeByName(info->name) == info->type);
        QCOMPARE(tensorBytes(*info, 512), std::uint64_t{512} / info->blockElements * info->blockBytes);
    }
    QCOMPARE(names.size(), std::size_t{20});
    QVERIFY(!tensorTypeByName("Q4_k"));
    QVERIFY(!tensorTypeByName(""));
}

void TestChecked::errorsHaveDistinctNames()
{
    std::set<std::string> names;
    for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code)
        QVERIFY(names.insert(errorCodeName(static_cast<ErrorCode>(code))).second);
    const Status status = fail(ErrorCode::Disk, "It broke.", "Mend it.");
    const Result<int> handedOn = failed(status);
    QVERIFY(!handedOn);
    QCOMPARE(handedOn.error().message, std::string("It broke."));
    QCOMPARE(handedOn.error().hint, std::string("Mend it."));
}

QTEST_GUILESS_MAIN(TestChecked)
#include "tst_checked.moc"
