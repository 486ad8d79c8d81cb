#include "report/document/files.hpp"

#include <fmt/format.h>

#include <cctype>

#include "base/text.hpp"
#include "report/plot/forms.hpp"

namespace cance::report {
namespace {

/// "mnist-unimodal-autoencoder": letters and digits, hyphens for all between them.
std::string hyphenated(const std::string& text) {
  constexpr std::size_t kLongest = 90;
  std::string name;
  for (const char c : lower(text)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain || (!name.empty() && name.back() != '-')) {
      name += plain ? c : '-';
    }
  }
  name.resize(std::min(name.size(), kLongest));
  name.erase(name.find_last_not_of('-') + 1);
  return name;
}

class Namer {
 public:
  /// By section and what it is, which may begin with the section's title.
  std::string name(const std::string& section, const std::string& what) {
    const std::string place = hyphenated(section);
    const std::string own = hyphenated(what);
    const std::string base = own.starts_with(place) ? own : place + "-" + own;
    std::string name = base;
    for (int number = 2; !taken_.insert(name).second; ++number) {
      name = fmt::format("{}-{}", base, number);
    }
    return name;
  }

 private:
  std::set<std::string> taken_;
};

}  // namespace

void name_files(Document& document) {
  Namer figures, tables;
  for (Section& section : document.sections) {
    for (Block& block : section.blocks) {
      if (TextTable* table = table_of(block)) {
        const std::string what = table->caption.substr(0, table->caption.find_first_of(",:;("));
        table->name = tables.name(section.title, what);
      } else if (auto* figure = std::get_if<Figure>(&block)) {
        figure->name = figures.name(section.title, figure->name);
      }
    }
  }
}

void each_file(const Document& document, const std::filesystem::path& folder,
               const std::function<void(const TextFile&)>& take) {
  for (const Section& section : document.sections) {
    for (const Block& block : section.blocks) {
      if (const TextTable* table = table_of(block)) {
        take({folder / "tables" / (table->name + ".tex"), to_latex_tabular(*table)});
        take({folder / "tables" / (table->name + ".csv"), to_csv(*table)});
      } else if (const auto* figure = std::get_if<Figure>(&block)) {
        const std::string base = (folder / "figures" / figure->name).string();
        take({base + ".svg", to_svg(figure->picture, /*background=*/true) + "\n"});
        take({base + ".pdf", to_pdf(figure->picture)});
        take({base + ".csv", figure->data.text()});
      }
    }
  }
}

std::set<std::filesystem::path> earlier_files(const std::filesystem::path& folder) {
  std::set<std::filesystem::path> files;
  std::error_code none;
  if (!std::filesystem::is_regular_file(folder / "index.html", none)) {
    return files;
  }
  constexpr std::size_t kPageBytes = std::size_t{1} << 30U;
  const std::string page = read_text_file(folder / "index.html", kPageBytes);
  if (page.find("<footer>Made by cance ") ==
      std::string::npos) {  // a page of others, and its files theirs
    return files;
  }
  for (const std::string place : {"figures/", "tables/"}) {
    const std::string begin = "href=\"" + place;
    for (std::size_t at = page.find(begin); at != std::string::npos;
         at = page.find(begin, at + 1)) {
      const std::size_t name = at + begin.size();
      const std::string file = page.substr(name, page.find('"', name) - name);
      if (file.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos) {
        files.insert(folder / place / file);
      }
    }
  }
  return files;
}

std::string link_to(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const auto relative = std::filesystem::weakly_canonical(file).lexically_proximate(
      std::filesystem::weakly_canonical(folder));
  constexpr std::string_view kPlain = "-._~/";
  std::string address;
  for (const char c : relative.string()) {
    const auto code = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(code) != 0 || kPlain.find(c) != std::string_view::npos;
    address += plain ? std::string(1, c) : fmt::format("%{:02X}", code);
  }
  return address;
}

}  // namespace cance::report
