// The tables and figures of a document as files of their own, for papers and other programs.
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "base/atomic_file.hpp"
#include "report/document/page.hpp"

namespace cance::report {

/// Gives every table and figure a name that no other has: small letters, digits and hyphens, by its
/// section and its caption. The page links to files of that name.
void name_files(Document& document);
/// Hands out figures/NAME.svg, .pdf and .csv, tables/NAME.tex (a tabular) and .csv, in `folder`,
/// one after another, as all together may be large.
void each_file(const Document& document, const std::filesystem::path& folder,
               const std::function<void(const TextFile&)>& take);
/// The figures and tables in `folder` that its page, as an earlier report wrote it, links to.
[[nodiscard]] std::set<std::filesystem::path> earlier_files(const std::filesystem::path& folder);
/// An address of `file` for a page in `folder`: relative, with % for what addresses do not hold.
[[nodiscard]] std::string link_to(const std::filesystem::path& file,
                                  const std::filesystem::path& folder);

}  // namespace cance::report
