// What the heads look at: all of them small, one of them large, and where each answer token looked.
#pragma once

#include "ui/state/workspace.h"

#include <QWidget>

class QSplitter;
class QStackedWidget;

namespace lectern {

class HeadAtlas;
class HeatMap;
class PlainLabel;
class DistanceChart;
class SourceStrip;
class StepScrubber;

class AttentionView : public QWidget {
    Q_OBJECT
public:
    explicit AttentionView(Workspace& workspace, QWidget* parent = nullptr);

    HeadAtlas& atlas() { return *m_atlas; }
    HeatMap& heatMap() { return *m_map; }
    SourceStrip& strip() { return *m_strip; }
    DistanceChart& distances() { return *m_distances; }
    StepScrubber& scrubber() { return *m_scrubber; }

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* buildControls();
    QWidget* buildAtlas();
    QWidget* buildMap();
    QWidget* buildBookmarks(QWidget* bar);
    void showPattern();
    void showMarked();
    void showState();
    void fitAtlas(); // once, when the first heads come

    Workspace& m_workspace;
    QStackedWidget* m_stack = nullptr;
    QSplitter* m_splitter = nullptr;
    HeadAtlas* m_atlas = nullptr;
    HeatMap* m_map = nullptr;
    SourceStrip* m_strip = nullptr;
    DistanceChart* m_distances = nullptr;
    StepScrubber* m_scrubber = nullptr;
    PlainLabel* m_title = nullptr;
    PlainLabel* m_readout = nullptr;
    bool m_fitted = false;
};

} // namespace lectern
