// A cancel flag shared by the asker and the worker. Any thread may set it; the worker reads it at every chunk,
// token and layer.
#pragma once

#include <atomic>
#include <memory>

namespace lectern {

class CancelToken {
public:
    CancelToken() : m_flag(std::make_shared<std::atomic<bool>>(false)) {}
    void cancel() const { m_flag->store(true, std::memory_order_relaxed); }
    bool isCancelled() const { return m_flag->load(std::memory_order_relaxed); }

private:
    std::shared_ptr<std::atomic<bool>> m_flag;
};

} // namespace lectern
