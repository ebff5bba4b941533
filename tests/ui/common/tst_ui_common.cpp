// Colours, numbers and names as they are shown.
#include "tests/ui/support/window_fixture.h"
#include "ui/common/color_map.h"
#include "ui/common/color_math.h"
#include "ui/common/flow_layout.h"
#include "ui/common/format.h"
#include "ui/common/plain_label.h"
#include "ui/common/safe_text_browser.h"
#include "ui/common/theme.h"
#include "ui/common/unit_text.h"
#include "ui/common/visible_text.h"

#include <QLocale>
#include <QTest>

using namespace lectern;

class TestUiCommon : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void bytes_data()
    {
        QTest::addColumn<quint64>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("0") << quint64(0) << "0 B";
        QTest::newRow("1023") << quint64(1023) << "1023 B";
        QTest::newRow("1 KiB") << quint64(1024) << "1 KiB";
        QTest::newRow("1.5 MiB") << quint64(3 << 19) << "1.5 MiB";
        QTest::newRow("187 MiB") << quint64(196'300'000) << "187 MiB";
        QTest::newRow("huge") << quint64(1) * (quint64(1) << 50) << "1024 TiB";
    }
    void bytes()
    {
        QFETCH(quint64, bytes);
        QTEST(formatBytes(bytes), "text");
    }

    void numbers()
    {
        QCOMPARE(formatTokens(1), "1 token");
        QCOMPARE(formatTokens(2), "2 tokens");
        QCOMPARE(formatTokensShort(950), "950");
        QCOMPARE(formatTokensShort(1500), "1.5K");
        QCOMPARE(formatTokensShort(1024), "1K");
        QCOMPARE(formatTokensShort(4096), "4K");
        QCOMPARE(formatTokensShort(131'072), "128K");
        QCOMPARE(formatTokensShort(128'000), "128K");
        QCOMPARE(formatTokensShort(1020), "1K");
        QCOMPARE(deviceText("CPU, 2 threads, AVX2"), "CPU, 2 threads, AVX2");
        QCOMPARE(deviceText("CPU, 1 thread, AVX-512"), "CPU, 1 thread, AVX-512");
        QCOMPARE(deviceText("NVIDIA X, 80 GiB"), "NVIDIA X, 80 GiB");
        QCOMPARE(keepUnits("KV 70.5 MiB, 11 tokens of 12, 5 %, 3 ms or 4 men"),
                 QStringLiteral("KV\u00A070.5\u00A0MiB, 11\u00A0tokens of 12, 5\u00A0%, 3\u00A0ms or 4 men"));
        QCOMPARE(formatTokensShort(20'000), "20K");
        QCOMPARE(formatTokensShort(1'200'000), "1.2M");
        QCOMPARE(formatDuration(340), "340 ms");
        QCOMPARE(formatDuration(4200), "4.2 s");
        QCOMPARE(formatDuration(192'000), "3 min 12 s");
        QCOMPARE(formatDuration(3'900'000), "1 h 5 min");
        QCOMPARE(formatRate(0), QString());
        QCOMPARE(formatRate(41.23), "41.2 tokens/s");
        QCOMPARE(formatParameters(42'000'000), "42M");
        QCOMPARE(formatShare(0), "0 %");
        QCOMPARE(formatShare(0.124), "12.4 %");
        QCOMPARE(formatShare(0.0000001), "< 0.001 %");
    }

    void axisSteps()
    {
        for (const double range : {0.7, 3.0, 10.0, 42.0, 31'342.0, 1e6})
            for (int most = 1; most < 12; ++most) {
                const double step = niceStep(range, most);
                QVERIFY2(range / step <= most * 1.0001, qPrintable(QString::number(range)));
                QVERIFY(range / step > most / 5.1 || most == 1); // not wastefully coarse
            }
        QCOMPARE(niceByteStep(187u << 20, 4), quint64(64) << 20);
        QCOMPARE(niceByteStep(0, 4), quint64(1));
    }

    void hiddenCharacters_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        QTest::newRow("plain") << "Straße 5\tx\n" << "Straße 5\tx\n";
        QTest::newRow("bidi override") << QStringLiteral("a\u202Eb") << "a‹U+202E›b";
        QTest::newRow("isolates") << QStringLiteral("\u2066x\u2069") << "‹U+2066›x‹U+2069›";
        QTest::newRow("zero width") << QStringLiteral("pay\u200Bpal") << "pay‹U+200B›pal";
        QTest::newRow("escape") << QString(QChar(0x1B)) + "[31m" << "‹U+001B›[31m";
        QTest::newRow("nul") << QString(QChar(0)) << "‹U+0000›";
        QTest::newRow("tag") << QString::fromUcs4(U"\U000E0041", 1) << "‹U+E0041›";
        QTest::newRow("emoji stays") << QString::fromUcs4(U"\U0001F600", 1) << QString::fromUcs4(U"\U0001F600", 1);
        QTest::newRow("joiner stays") << QStringLiteral("\u0915\u094D\u200D") << QStringLiteral("\u0915\u094D\u200D");
    }
    void hiddenCharacters()
    {
        QFETCH(QString, text);
        QTEST(makeVisible(text).text, "shown");
    }

    void labelsAreNeverHtml()
    {
        const QString name = QStringLiteral("<b>x</b><img src='file:///etc/passwd'>.txt");
        PlainLabel label(name);
        QCOMPARE(label.textFormat(), Qt::PlainText);
        QCOMPARE(label.text(), name);
        ElidedLabel elided(QStringLiteral("a\nb\u202Ec"));
        QCOMPARE(elided.fullText(), "a b‹U+202E›c");
        QCOMPARE(elided.textFormat(), Qt::PlainText);
    }

    void heatColorsRiseEvenly()
    {
        const auto& colors = heatColors();
        double least = 1, most = 0;
        for (std::size_t i = 1; i < colors.size(); ++i) {
            const double step = colorDistance(QColor::fromRgb(colors[i - 1]), QColor::fromRgb(colors[i]));
            least = std::min(least, step);
            most = std::max(most, step);
        }
        for (std::size_t i = 8; i < colors.size(); ++i)
            QVERIFY(luminance(QColor::fromRgb(colors[i])) > luminance(QColor::fromRgb(colors[i - 8])));
        QVERIFY2(most < 0.02, qPrintable(QString::number(most))); // no visible edge
        QCOMPARE(heatColor(-1), colors.front());
        QCOMPARE(heatColor(qQNaN()), colors.front());
        QCOMPARE(heatColor(7), colors.back());
    }

    void colorsRoundTrip()
    {
        for (const QColor& color : {QColor(Qt::red), QColor(12, 200, 99), QColor(Qt::white), QColor(Qt::black)})
            QVERIFY(colorDistance(color, toColor(toOkLch(color))) < 0.01);
        QCOMPARE(qRound(contrastRatio(Qt::black, Qt::white)), 21);
    }

    void themesAreReadable_data()
    {
        QTest::addColumn<QPalette>("palette");
        QTest::newRow("light") << test::lightPalette();
        QTest::newRow("dark") << test::darkPalette();
        QTest::newRow("contrast") << test::contrastPalette();
    }
    void themesAreReadable()
    {
        QFETCH(QPalette, palette);
        const Theme theme(palette);
        for (const QColor& color : {theme.mutedText, theme.good, theme.warning, theme.bad, theme.reference})
            QVERIFY(contrastRatio(color, theme.background) >= 4.4);
        for (std::size_t i = 0; i < theme.headClass.size(); ++i) {
            QVERIFY(contrastRatio(theme.headClass[i], theme.background) >= 2.95);
            for (std::size_t k = 0; k < i; ++k)
                QVERIFY(colorDistance(theme.headClass[i], theme.headClass[k]) > 0.1);
        }
        for (const QColor& color : {theme.evidence, theme.evidenceCurrent, theme.findMatch, theme.attentionShade(1)})
            QVERIFY2(contrastRatio(theme.textOn(color), color) >= 4.5, qPrintable(color.name()));
        QVERIFY(contrastRatio(theme.text, theme.attentionShade(1)) >= 4.5);
        QCOMPARE(theme.attentionShade(0), theme.background);
    }

    void links_data()
    {
        QTest::addColumn<QUrl>("url");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("https") << QUrl("https://example.org/a?b") << true;
        QTest::newRow("mail") << QUrl("mailto:a@example.org") << true;
        QTest::newRow("file") << QUrl("file:///etc/passwd") << false;
        QTest::newRow("smb") << QUrl("smb://host/share") << false;
        QTest::newRow("javascript") << QUrl("javascript:alert(1)") << false;
        QTest::newRow("data") << QUrl("data:text/html,x") << false;
        QTest::newRow("relative") << QUrl("page.html") << false;
    }
    void links()
    {
        QFETCH(QUrl, url);
        QFETCH(bool, allowed);
        QCOMPARE(isAllowedLink(url), allowed);
        SafeTextBrowser browser;
        QString asked;
        QUrl opened;
        browser.setAsk([&](const QString& address) {
            asked = address;
            return true;
        });
        browser.setOpen([&](const QUrl& target) { opened = target; });
        emit browser.anchorClicked(url);
        QCOMPARE(!asked.isEmpty(), allowed);
        QCOMPARE(opened, allowed ? url : QUrl());
        QVERIFY(!browser.openLinks());
        QVERIFY(!browser.openExternalLinks());
    }

    void linkNotOpenedUnlessAgreed()
    {
        SafeTextBrowser browser;
        bool opened = false;
        browser.setAsk([](const QString&) { return false; });
        browser.setOpen([&](const QUrl&) { opened = true; });
        emit browser.anchorClicked(QUrl("https://example.org"));
        QVERIFY(!opened);
    }

    void flowWraps()
    {
        QWidget host;
        auto* flow = new FlowLayout(&host, 4);
        for (int i = 0; i < 6; ++i) {
            auto* box = new QWidget;
            box->setMinimumSize(50, 20);
            flow->addWidget(box);
        }
        QCOMPARE(flow->heightForWidth(1000), 20);
        QCOMPARE(flow->heightForWidth(160), 44);
        QCOMPARE(flow->heightForWidth(50), 6 * 20 + 5 * 4);
    }
};

QTEST_MAIN(TestUiCommon)
#include "tst_ui_common.moc"
