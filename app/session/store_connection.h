// One SQLite connection with Lectern's settings, and the seam where its exceptions become errors.
#pragma once

#include "engine/base/result.h"

#include <exception>
#include <new>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <string>
#include <type_traits>

namespace lectern {

// Carries an Error of our own through SQLiteCpp's transactions, which roll back on any exception.
struct StoreFailure {
    Error error;
};

// That the store at `path` is damaged, and how; one line whatever `why` holds.
Error damagedStore(const std::string& path, const std::string& why);

// What went wrong with the store at `path`, in words for a person.
Error storeError(const SQLite::Exception& exception, const std::string& path);

// Runs `work` and turns what it throws into an Error.
template <typename Work>
auto guarded(const std::string& path, Work&& work) -> Result<std::invoke_result_t<Work>>
{
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
            work();
            return {};
        } else {
            return work();
        }
    } catch (const StoreFailure& failure) {
        return tl::unexpected<Error>(failure.error);
    } catch (const SQLite::Exception& exception) {
        return tl::unexpected<Error>(storeError(exception, path));
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "There is not enough memory for this in the session store.",
                    "Close other programs and try again.");
    } catch (const std::exception& exception) {
        return fail(ErrorCode::Internal, std::string("The session store failed: ") + exception.what() + ".",
                    "Please report this.");
    }
}

enum class ConnectionUse {
    Write,  // the one writing connection; it also does every checkpoint
    Read,   // never writes, never checkpoints
    Create, // Write, and the file may be new
};

// Throws SQLite::Exception or StoreFailure: call inside guarded().
SQLite::Database openConnection(const std::string& path, ConnectionUse use);

// One number from a pragma or query.
std::int64_t queryNumber(SQLite::Database& database, const std::string& sql);

std::int64_t nowMs();

} // namespace lectern
