// libgit2 counts its users; each holder of one of these is one.
#pragma once

#include <git2.h>

namespace lectern {

struct GitLibrary {
    GitLibrary() { git_libgit2_init(); }
    GitLibrary(const GitLibrary&) = delete;
    GitLibrary& operator=(const GitLibrary&) = delete;
    ~GitLibrary() { git_libgit2_shutdown(); }
};

} // namespace lectern
