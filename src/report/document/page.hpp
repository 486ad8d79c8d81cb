// A report as a list of blocks that does not know its form, and its forms: one self-contained HTML
// page (inline styles, pictures and a small script that the page can be read without; nothing is
// loaded), Markdown and LaTeX, which take the figures' files, and its tables as CSV.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "report/document/table.hpp"
#include "report/figures/figures.hpp"

namespace cance::report {

/// A heading below the section's own.
struct Heading {
  std::string text;
};
struct Paragraph {
  std::string text;
};
/// Text kept as it is, for settings; folded in the page.
struct Listing {
  std::string title, text;
};
/// A table that is folded in the page, for long lists.
struct Folded {
  TextTable table;
};

using Block = std::variant<Heading, Paragraph, TextTable, Figure, Listing, Folded>;

/// The table of a block, folded or not; null where it has none.
template <class AnyBlock>
[[nodiscard]] auto* table_of(AnyBlock& block) {
  auto* folded = std::get_if<Folded>(&block);
  return folded != nullptr ? &folded->table : std::get_if<TextTable>(&block);
}

struct Section {
  std::string title;
  std::vector<Block> blocks;
};

struct Document {
  std::string title;
  std::vector<std::string> headlines;  ///< lines of the header: what matters most
  std::vector<Section> sections;
  std::string footer;
  std::vector<std::string> methods = {};  ///< titles, by which a reader of the page may filter
  std::vector<std::string> files = {};    ///< names of files beside the page, to which it links
};

/// The texts of page.css, page.js and preamble.tex, built into the program.
extern const char* const kPageStyle;
extern const char* const kPageScript;
extern const char* const kLatexPreamble;

/// The page; pictures that would bring it over `most_bytes` are replaced by a line that says so.
[[nodiscard]] std::string to_html(const Document& document, std::size_t most_bytes = 8'000'000);
[[nodiscard]] std::string to_markdown(const Document& document);
/// A document that pdflatex compiles; what is folded in the page is left to the page.
[[nodiscard]] std::string to_latex(const Document& document);
/// Every entry of every table: section, table, row, column, text, whether it is best or quoted.
[[nodiscard]] std::string tables_to_csv(const Document& document);

}  // namespace cance::report
