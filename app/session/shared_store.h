// One session store for several threads: the store itself belongs to one thread at a time (one connection
// writes), so everybody takes it through run(), which holds a lock for the length of one call.
#pragma once

#include "app/session/session_store.h"

#include <mutex>
#include <utility>

namespace lectern {

class SharedStore {
public:
    explicit SharedStore(SessionStore store) : m_store(std::move(store)) {}

    // action(SessionStore&); keep it short, the window waits for the same lock.
    template <typename Action> auto run(Action&& action)
    {
        const std::lock_guard lock(m_mutex);
        return std::forward<Action>(action)(m_store);
    }

private:
    std::mutex m_mutex;
    SessionStore m_store;
};

} // namespace lectern
