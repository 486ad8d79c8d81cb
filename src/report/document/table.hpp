// One table, five forms: Markdown, CSV, HTML, LaTeX and aligned plain text, so that every place
// shows the same numbers. All texts are escaped here; nothing else may put one into a page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cance::report {

/// One entry of a table, unescaped.
struct Entry {
  std::string text;
  bool bold = false;      ///< the best of its row or column
  bool quoted = false;    ///< a number of others, in italics
  std::string link = {};  ///< in the page, its address
};

enum class Align { left, right };

struct TextTable {
  std::string name = {};  ///< of its files beside the page; empty: it has none
  std::string caption = {};
  std::vector<std::string> header = {};
  std::vector<Align> align =
      {};  ///< one a column; right where absent, but left in the first column
  std::vector<std::vector<Entry>> rows = {};
  std::size_t summary_rows = 0;  ///< at the end, set off by a rule
  std::string note = {};         ///< shown below, but in CSV and on terminals

  /// Adds a row of plain entries.
  void add(std::vector<std::string> texts);
  /// Whether a row is one of the summary.
  [[nodiscard]] bool summary(std::size_t row) const { return row + summary_rows >= rows.size(); }
  [[nodiscard]] Align column_align(std::size_t column) const;
};

/// CSV (RFC 4180, line feeds) as it is made: of many numbers a tenth of the memory of a table.
class CsvLines {
 public:
  CsvLines() = default;
  explicit CsvLines(const std::vector<std::string>& header) { add(header); }
  void add(const std::vector<std::string>& fields);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Rows become columns; the header's first entry stays, summary rows become the last columns.
[[nodiscard]] TextTable transposed(const TextTable& table);

/// Pipe table; bold entries in **, quoted ones in *.
[[nodiscard]] std::string to_markdown(const TextTable& table);
/// As CsvLines, with a header line; bold is dropped.
[[nodiscard]] std::string to_csv(const TextTable& table);
/// <table> with <caption>, <thead> and <tbody>.
[[nodiscard]] std::string to_html(const TextTable& table);
/// Links of the page to a table or figure itself and to its files, of these forms ("SVG").
[[nodiscard]] std::string file_links(const std::string& folder, const std::string& name,
                                     const std::vector<std::string>& forms);
/// Columns padded with blanks (a UTF-8 character counts as one); the best entries carry a star.
[[nodiscard]] std::string to_plain(const TextTable& table);

/// A tabular with the rules of booktabs, in a table with its caption; shrunk to the line's width
/// where it is wider, continued in another where it is longer than a page.
[[nodiscard]] std::string to_latex(const TextTable& table);
/// The tabular alone, whole, below its caption as a comment.
[[nodiscard]] std::string to_latex_tabular(const TextTable& table);

/// Control characters, line breaks among them, as blanks.
[[nodiscard]] std::string one_line(std::string text);
[[nodiscard]] std::string escape_html(std::string_view text);
[[nodiscard]] std::string escape_markdown(std::string_view text);
/// Special characters as commands; characters that pdflatex does not know become "?".
[[nodiscard]] std::string escape_latex(std::string_view text);

/// ".9843", "1.0000", "-.0120"; "n/a" when not finite.
[[nodiscard]] std::string share_text(double value, int digits = 4);
/// So many digits, or a whole number from 1,000 to a million: "1.82", "36560", "2.7e+06".
[[nodiscard]] std::string short_text(double value, int digits = 3);
/// p value: ".0010", "<.0001".
[[nodiscard]] std::string p_text(double value);
/// Shortest text that reads back to the same double.
[[nodiscard]] std::string exact_text(double value);
/// The same, empty where it is not finite.
[[nodiscard]] std::string csv_number(double value);

}  // namespace cance::report
