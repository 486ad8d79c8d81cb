#include "report/document/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

#include "base/ranges.hpp"
#include "base/text.hpp"

namespace cance::report {
namespace {

constexpr std::string_view kBoldMark = "*";

std::size_t width_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  return align == Align::left ? text + blanks : blanks + text;
}

std::string plain_text(const Entry& entry) {
  return entry.bold ? entry.text + std::string(kBoldMark) : entry.text + " ";
}

std::string plain_line(const std::vector<std::string>& texts,
                       const std::vector<std::size_t>& widths, const TextTable& table) {
  std::string line;
  for (std::size_t c = 0; c < texts.size(); ++c) {
    line += c == 0 ? "" : "  ";
    line += padded(texts[c], widths[c], table.column_align(c));
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

}  // namespace

void TextTable::add(std::vector<std::string> texts) {
  auto row = mapped(texts, [](std::string& text) { return Entry{std::move(text)}; });
  rows.push_back(std::move(row));
}

Align TextTable::column_align(std::size_t column) const {
  if (column < align.size()) {
    return align[column];
  }
  return column == 0 ? Align::left : Align::right;
}

TextTable transposed(const TextTable& table) {
  TextTable turned;
  turned.caption = table.caption;
  turned.note = table.note;
  turned.header = {table.header.front()};
  for (const auto& row : table.rows) {
    turned.header.push_back(row.front().text);
  }
  for (std::size_t c = 1; c < table.header.size(); ++c) {
    std::vector<Entry> row{{table.header[c]}};
    for (const auto& old : table.rows) {
      row.push_back(old[c]);
    }
    turned.rows.push_back(std::move(row));
  }
  return turned;
}

std::string to_markdown(const TextTable& table) {
  std::string text = "|";
  for (const std::string& name : table.header) {
    text += ' ' + escape_markdown(name) + " |";
  }
  text += "\n|";
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    text += table.column_align(c) == Align::left ? " --- |" : " ---: |";
  }
  for (const auto& row : table.rows) {
    text += "\n|";
    for (const Entry& entry : row) {
      const std::string mark =
          entry.text.empty() ? "" : std::string(entry.bold ? "**" : "") + (entry.quoted ? "*" : "");
      text += ' ' + mark + escape_markdown(entry.text) + mark + " |";
    }
  }
  return text + (table.note.empty() ? "\n" : "\n\n" + escape_markdown(table.note) + "\n");
}

void CsvLines::add(const std::vector<std::string>& fields) {
  for (std::size_t c = 0; c < fields.size(); ++c) {
    text_ += c == 0 ? "" : ",";
    text_ += csv_field(fields[c]);
  }
  text_ += '\n';
}

std::string to_csv(const TextTable& table) {
  CsvLines lines(table.header);
  for (const auto& row : table.rows) {
    lines.add(mapped(row, &Entry::text));
  }
  return lines.text();
}

std::string to_html(const TextTable& table) {
  const auto style = [&table](std::size_t c) {
    return table.column_align(c) == Align::left ? R"( class="l")" : "";
  };
  constexpr std::size_t kMostLoose = 9;  // columns of "mean ± sd" beside each other on a page
  constexpr std::size_t kMostDense = 16;
  const std::size_t columns = table.header.size();
  std::string html =
      fmt::format("<div class=\"wide\"><table{}>", columns > kMostDense ? R"( class="dense denser")"
                                                   : columns > kMostLoose ? R"( class="dense")"
                                                                          : "");
  const std::string files =
      table.name.empty() ? "" : file_links("tables", table.name, {"CSV", "tex"});
  if (!table.caption.empty() || !files.empty()) {
    html += "<caption>" + escape_html(table.caption) +
            (table.caption.empty() || files.empty() ? "" : " ") + files + "</caption>";
  }
  html += "<thead><tr>";
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    html += fmt::format("<th{}>{}</th>", style(c), escape_html(table.header[c]));
  }
  html += "</tr></thead>\n<tbody>";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    html += table.summary(r) ? "<tr class=\"summary\">" : "<tr>";
    for (std::size_t c = 0; c < table.rows[r].size(); ++c) {
      const Entry& entry = table.rows[r][c];
      std::string content = escape_html(entry.text);
      content = entry.link.empty()
                    ? content
                    : fmt::format(R"(<a href="{}">{}</a>)", escape_html(entry.link), content);
      content = entry.quoted ? "<i>" + content + "</i>" : content;
      content = entry.bold ? "<b>" + content + "</b>" : content;
      html += fmt::format("<td{}>{}</td>", style(c), content);
    }
    html += "</tr>\n";
  }
  html += "</tbody></table></div>\n";
  return html +
         (table.note.empty() ? "" : "<p class=\"note\">" + escape_html(table.note) + "</p>\n");
}

std::string file_links(const std::string& folder, const std::string& name,
                       const std::vector<std::string>& forms) {
  std::string html =
      fmt::format(R"(<span class="files" id="{0}-{1}"><a href="#{0}-{1}">link</a>)", folder, name);
  for (const std::string& form : forms) {
    html += fmt::format(R"( <a href="{}/{}.{}">{}</a>)", folder, name, lower(form),
                        form == "tex" ? "LaTeX" : form);
  }
  return html + "</span>";
}

std::string to_plain(const TextTable& table) {
  std::vector<std::vector<std::string>> lines{table.header};
  for (const auto& row : table.rows) {
    lines.emplace_back();
    std::ranges::transform(row, std::back_inserter(lines.back()), plain_text);
  }
  std::vector<std::size_t> widths(table.header.size());
  for (std::size_t c = 0; c < widths.size(); ++c) {
    lines.front()[c] += table.column_align(c) == Align::right ? " " : "";
    for (auto& line : lines) {
      assert(line.size() == widths.size());
      line[c] = one_line(line[c]);
      widths[c] = std::max(widths[c], width_of(line[c]));
    }
  }
  std::size_t total = 2 * (widths.size() - 1);
  for (const std::size_t width : widths) {
    total += width;
  }
  std::string text = table.caption.empty() ? "" : one_line(table.caption) + '\n';
  for (std::size_t r = 0; r < lines.size(); ++r) {
    const bool rule = r == 1 || (r > 1 && table.summary(r - 1) && !table.summary(r - 2));
    text += rule ? std::string(total, '-') + '\n' : "";
    text += plain_line(lines[r], widths, table);
  }
  return text;
}

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

std::string escape_html(std::string_view text) {
  static const std::map<char, const char*> kEntities{
      {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
  std::string escaped;
  for (const char c : text) {
    const auto entity = kEntities.find(c);
    escaped += entity == kEntities.end() ? std::string(1, c) : entity->second;
  }
  return escaped;
}

std::string escape_markdown(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*_{}[]<>#|~";
  std::string escaped;
  for (const char c : one_line(std::string(text))) {
    escaped += kSpecial.find(c) == std::string_view::npos ? "" : "\\";
    escaped += c;
  }
  return escaped;
}

std::string share_text(double value, int digits) {
  if (!std::isfinite(value)) {
    return "n/a";
  }
  const std::string text = fmt::format("{:.{}f}", std::abs(value), digits);
  const bool negative = value < 0 && text.find_first_not_of("0.") != std::string::npos;
  return fmt::format("{}{}", negative ? "-" : "", text.starts_with("0.") ? text.substr(1) : text);
}

std::string short_text(double value, int digits) {
  constexpr double kThousand = 1e3;
  constexpr double kMillion = 1e6;
  const double size = std::abs(value);
  return size >= kThousand && size < kMillion
             ? fmt::format("{:.0f}", value)
             : fmt::format("{:.{}g}", value, size >= kMillion ? 2 : digits);
}

std::string p_text(double value) {
  constexpr double kSmallest = 1e-4;
  return value < kSmallest ? "<.0001" : share_text(value);
}

std::string exact_text(double value) { return fmt::format("{}", value); }

std::string csv_number(double value) { return std::isfinite(value) ? exact_text(value) : ""; }

}  // namespace cance::report
