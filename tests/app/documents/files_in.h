// Files made for one test in a folder that goes away with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace lectern::test {

class FilesIn {
public:
    FilesIn()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "lectern-test-XXXXXX").string();
        m_folder = ::mkdtemp(pattern.data());
    }
    FilesIn(const FilesIn&) = delete;
    FilesIn& operator=(const FilesIn&) = delete;
    ~FilesIn()
    {
        std::error_code error;
        std::filesystem::remove_all(m_folder, error);
    }

    std::string path(const std::string& name = {}) const
    {
        return m_folder + (name.empty() ? "" : "/" + name);
    }
    // Makes the folders above it, too.
    std::string write(const std::string& name, std::string_view bytes) const
    {
        const std::filesystem::path target = path(name);
        std::filesystem::create_directories(target.parent_path());
        std::ofstream(target, std::ios::binary)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return target.string();
    }

private:
    std::string m_folder;
};

} // namespace lectern::test
