#include "app/documents/default_excludes.h"

#include <array>
#include <string_view>

namespace lectern {

namespace {

struct ExcludeGroup {
    const char* reason;
    std::string_view globs; // parted by spaces
};

constexpr std::array<ExcludeGroup, 7> kGroups = {{
    {"version control data", ".git .hg/ .svn/ .bzr/ CVS/ .jj/ _darcs/"},
    {"installed packages or build output",
     "node_modules/ bower_components/ jspm_packages/ __pycache__/ .venv/ venv/ .tox/ .nox/ .mypy_cache/ "
     ".pytest_cache/ .ruff_cache/ .eggs/ *.egg-info/ .gradle/ .terraform/ .next/ .nuxt/ .svelte-kit/ .cache/ "
     ".parcel-cache/ .idea/ .vs/ CMakeFiles/ .ccache/ Pods/ DerivedData/ .dart_tool/ .stack-work/ "
     "dist-newstyle/ "
     "coverage/ .nyc_output/"},
    {"lock file", "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lockb bun.lock "
                  "composer.lock Gemfile.lock "
                  "Cargo.lock poetry.lock pdm.lock uv.lock Pipfile.lock go.sum mix.lock flake.lock "
                  "pubspec.lock Podfile.lock "
                  "packages.lock.json gradle.lockfile"},
    {"generated or minified file",
     "*.min.js *.min.css *.min.html *.bundle.js *.chunk.js *.map *.pb.go *.pb.cc *.pb.h *_pb2.py *.g.dart "
     "*.designer.cs *.snap *.log *.tmp *.swp *~ .DS_Store Thumbs.db"},
    {"picture, sound, film, font or archive", "*.png *.jpg *.jpeg *.gif *.bmp *.ico *.icns *.webp *.avif "
                                              "*.tif *.tiff *.psd *.svg *.mp3 *.wav *.flac *.ogg "
                                              "*.m4a *.mp4 *.mkv *.mov *.avi *.webm *.ttf *.otf *.woff "
                                              "*.woff2 *.eot *.zip *.tar *.gz *.tgz *.bz2 *.xz *.zst "
                                              "*.7z *.rar *.jar *.war *.iso *.dmg *.deb *.rpm *.apk *.whl"},
    {"compiled code, data or model", "*.o *.obj *.a *.lib *.so *.so.* *.dylib *.dll *.exe *.bin *.class "
                                     "*.pyc *.pyo *.wasm *.pdb *.gch *.pch *.db "
                                     "*.sqlite *.sqlite3 *.parquet *.npy *.npz *.pkl *.pt *.pth *.onnx "
                                     "*.gguf *.safetensors *.h5 *.pdf *.doc *.docx "
                                     "*.xls *.xlsx *.ppt *.pptx *.epub"},
    {kSecretReason,
     ".env .env.* !.env.example !.env.sample !.env.template *.pem *.key *.p12 *.pfx *.jks *.keystore *.kdbx "
     "id_rsa "
     "id_dsa id_ecdsa id_ed25519 .netrc .npmrc .pypirc .htpasswd .pgpass .git-credentials .ssh/ .gnupg/ "
     ".aws/ *.tfstate *.tfstate.*"},
}};

} // namespace

IgnoreList defaultExcludes(bool keepSecrets)
{
    IgnoreList list;
    for (const ExcludeGroup& group : kGroups) {
        if (keepSecrets && group.reason == kSecretReason)
            continue;
        std::string_view globs = group.globs;
        while (!globs.empty()) {
            const std::size_t end = globs.find(' ');
            list.append(globs.substr(0, end), group.reason);
            globs.remove_prefix(end == std::string_view::npos ? globs.size() : end + 1);
        }
    }
    return list;
}

} // namespace lectern
