// List rows of two lines: a name and, smaller, what there is to know. An optional progress bar lies under them.
#pragma once

#include <QStyledItemDelegate>

namespace lectern {

class TwoLineDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    // Roles: text of the second line; 0..1 progress (below 0: none), or -1 for no such role; true where the second
    // line tells of a failure, or -1.
    struct Roles {
        int detail = -1, fraction = -1, failed = -1;
    };
    TwoLineDelegate(Roles roles, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const override;

private:
    Roles m_roles;
};

} // namespace lectern
