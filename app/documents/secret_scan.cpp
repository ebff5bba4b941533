#include "app/documents/secret_scan.h"

#include <algorithm>
#include <array>

namespace lectern {

namespace {

struct SecretMark {
    std::string_view begin;
    std::size_t more; // letters, digits, '_' or '-' that have to follow
    const char* what;
};

// From what the services document of their tokens' form.
constexpr auto kMarks = std::to_array<SecretMark>({
    {"PRIVATE KEY-----", 0, "a private key"},
    {"AKIA", 16, "an AWS access key"},
    {"ASIA", 16, "an AWS session key"},
    {"ghp_", 36, "a GitHub token"},
    {"gho_", 36, "a GitHub token"},
    {"ghs_", 36, "a GitHub token"},
    {"github_pat_", 40, "a GitHub token"},
    {"glpat-", 20, "a GitLab token"},
    {"xoxb-", 20, "a Slack token"},
    {"xoxp-", 20, "a Slack token"},
    {"AIza", 35, "a Google API key"},
    {"sk_live_", 24, "a Stripe key"},
    {"rk_live_", 24, "a Stripe key"},
    {"npm_", 36, "an npm token"},
    {"hf_", 34, "a model hub token"},
    {"sk-ant-", 40, "an API key"},
    {"sk-proj-", 40, "an API key"},
    {"dop_v1_", 64, "a DigitalOcean token"},
});

bool isTokenCharacter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

bool fits(std::string_view text, std::size_t at, const SecretMark& mark)
{
    if (at > 0 && mark.more > 0 && isTokenCharacter(text[at - 1]))
        return false;
    const std::string_view rest = text.substr(at + mark.begin.size());
    const auto end = std::find_if_not(rest.begin(), rest.end(), isTokenCharacter);
    return static_cast<std::size_t>(end - rest.begin()) >= mark.more;
}

} // namespace

std::optional<std::string> findSecret(std::string_view text)
{
    for (const SecretMark& mark : kMarks)
        for (std::size_t at = text.find(mark.begin); at != std::string_view::npos;
             at = text.find(mark.begin, at + mark.begin.size()))
            if (fits(text, at, mark))
                return std::string(mark.what) + " in line " +
                       std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    return std::nullopt;
}

} // namespace lectern
