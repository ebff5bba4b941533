#include "app/session/session_types.h"

namespace lectern {

const char* messageRoleName(MessageRole role)
{
    switch (role) {
    case MessageRole::User:
        return "user";
    case MessageRole::Assistant:
        return "assistant";
    case MessageRole::System:
        return "system";
    }
    return "user";
}

const char* messageStateName(MessageState state)
{
    switch (state) {
    case MessageState::Complete:
        return "complete";
    case MessageState::Generating:
        return "generating";
    case MessageState::Interrupted:
        return "interrupted";
    case MessageState::Failed:
        return "failed";
    }
    return "complete";
}

} // namespace lectern
