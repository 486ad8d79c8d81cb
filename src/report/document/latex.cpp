// Tables and documents as LaTeX.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/document/page.hpp"

namespace cance::report {
namespace {

constexpr std::size_t kMostRows = 45;  ///< of a table on one page

const std::map<char, const char*>& ascii_commands() {
  static const std::map<char, const char*> commands{{'\\', "\\textbackslash{}"},
                                                    {'~', "\\textasciitilde{}"},
                                                    {'^', "\\textasciicircum{}"},
                                                    {'<', "\\textless{}"},
                                                    {'>', "\\textgreater{}"},
                                                    {'|', "\\textbar{}"},
                                                    {'"', "\\textquotedbl{}"},
                                                    {'[', "{[}"},  // options of a row's end
                                                    {']', "{]}"},
                                                    {'*', "{*}"},
                                                    {'{', "\\{"},
                                                    {'}', "\\}"},
                                                    {'$', "\\$"},
                                                    {'&', "\\&"},
                                                    {'%', "\\%"},
                                                    {'#', "\\#"},
                                                    {'_', "\\_"}};
  return commands;
}

/// Characters of our own texts beyond ASCII.
const std::map<std::string, const char*, std::less<>>& other_commands() {
  static const std::map<std::string, const char*, std::less<>> commands{
      {"±", "$\\pm$"}, {"≥", "$\\geq$"},  {"†", "$\\dagger$"}, {"–", "--"},
      {"—", "---"},    {"…", "\\dots{}"}, {"χ", "$\\chi$"},    {"²", "$^2$"}};
  return commands;
}

/// Number of bytes of the UTF-8 character that begins so; 1 where none does.
std::size_t character_size(unsigned char first) {
  if (first >= 0xF0U) {
    return 4;
  }
  return first >= 0xE0U ? 3 : (first >= 0xC0U ? 2 : 1);
}

/// Accented letters of Latin-1, which T1 fonts have.
bool is_letter_of_latin1(std::string_view character) {
  return character.size() == 2 && character[0] == '\xC3' && character[1] != '\x97' &&
         character[1] != '\xB7';
}

std::string cell_text(const Entry& entry) {
  std::string text = escape_latex(entry.text);
  text = entry.quoted && !text.empty() ? "\\textit{" + text + "}" : text;
  return entry.bold ? "\\textbf{" + text + "}" : text;
}

/// Rows [first, end) below the header.
std::string tabular_of(const TextTable& table, std::size_t first, std::size_t end) {
  std::string columns;
  std::string header;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    columns += table.column_align(c) == Align::left ? 'l' : 'r';
    header += (c == 0 ? "" : " & ") + escape_latex(table.header[c]);
  }
  std::string rows;
  for (std::size_t r = first; r < end; ++r) {
    rows += table.summary(r) && (r == 0 || !table.summary(r - 1)) ? "\\midrule\n" : "";
    for (std::size_t c = 0; c < table.rows[r].size(); ++c) {
      rows += (c == 0 ? "" : " & ") + cell_text(table.rows[r][c]);
    }
    rows += " \\\\\n";
  }
  return fmt::format(
      "\\begin{{tabular}}{{@{{}}{}@{{}}}}\n\\toprule\n{} \\\\\n\\midrule\n{}\\bottomrule\n"
      "\\end{{tabular}}",
      columns, header, rows);
}

/// The same with the caption.
std::string part_of(const TextTable& table, std::size_t first, std::size_t end) {
  const std::string title = table.caption + (first > 0 ? " (continued)" : "");
  const std::string caption =
      table.caption.empty() ? "" : "\\caption*{" + escape_latex(title) + "}\n";
  return fmt::format("\\begin{{table}}[H]\n\\centering\n{}\\fitted{{%\n{}}}\n\\end{{table}}\n",
                     caption, tabular_of(table, first, end));
}

struct LatexWriter {
  std::string text;

  void operator()(const Heading& heading) {
    text += "\\subsection*{" + escape_latex(heading.text) + "}\n\n";
  }
  void operator()(const Paragraph& paragraph) { text += escape_latex(paragraph.text) + "\n\n"; }
  void operator()(const TextTable& table) { text += to_latex(table) + "\n"; }
  void operator()(const Figure& figure) {
    text +=
        "\\begin{center}\n\\includegraphics[width=\\linewidth,height=0.85\\textheight,"
        "keepaspectratio]{figures/" +
        figure.name + ".pdf}\n\\end{center}\n" + escape_latex(figure.caption) + "\n\n";
  }
  void operator()(const Listing& listing) {
    text += "% In index.html: " + escape_latex(listing.title) + "\n\n";
  }
  void operator()(const Folded& folded) {
    text += "% In index.html: " + escape_latex(folded.table.caption) + "\n\n";
  }
};

}  // namespace

std::string escape_latex(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_size(static_cast<unsigned char>(text[at]));
    const std::string_view character = text.substr(at, size);
    at += size;
    if (size == 1) {
      const char c = character.front();
      const auto command = ascii_commands().find(c);
      const bool printed = c >= ' ' && c <= '~';
      escaped += command != ascii_commands().end() ? std::string(command->second)
                                                   : std::string(1, printed ? c : ' ');
    } else if (const auto command = other_commands().find(character);
               command != other_commands().end()) {
      escaped += command->second;
    } else {
      escaped += is_letter_of_latin1(character) ? character : "?";
    }
  }
  return escaped;
}

std::string to_latex(const TextTable& table) {
  std::string text;
  for (std::size_t first = 0; first == 0 || first < table.rows.size(); first += kMostRows) {
    text += part_of(table, first, std::min(first + kMostRows, table.rows.size()));
  }
  return text + (table.note.empty() ? "" : "{\\small " + escape_latex(table.note) + "\\par}\n");
}

std::string to_latex_tabular(const TextTable& table) {
  const std::string note = "% Needs booktabs. " + escape_latex(table.caption) + "\n";
  return note + tabular_of(table, 0, table.rows.size()) + "\n";
}

std::string to_latex(const Document& document) {
  LatexWriter writer{kLatexPreamble};
  writer.text += "{\\Large\\bfseries " + escape_latex(document.title) + "\\par}\n\n";
  for (const std::string& line : document.headlines) {
    writer.text += escape_latex(line) + "\n\n";
  }
  for (const Section& section : document.sections) {
    writer.text += "\\section*{" + escape_latex(section.title) + "}\n\n";
    for (const Block& block : section.blocks) {
      std::visit(writer, block);
    }
  }
  return writer.text + escape_latex(document.footer) + "\n\n\\end{document}\n";
}

}  // namespace cance::report
