#include "report/document/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/plot/forms.hpp"

namespace cance::report {
namespace {

/// Galleries may fill half of the room for figures, so that later groups keep their curves.
constexpr std::size_t kLargeFigure = 100'000;

class HtmlWriter {
 public:
  /// Figures take at most `room` bytes together.
  explicit HtmlWriter(std::size_t room) : room_(room) {}
  std::string text;

  void operator()(const Heading& heading) {
    text += "<h3>" + escape_html(heading.text) + "</h3>\n";
  }
  void operator()(const Paragraph& paragraph) {
    text += "<p>" + escape_html(paragraph.text) + "</p>\n";
  }
  void operator()(const TextTable& table) { text += to_html(table); }
  void operator()(const Figure& figure) {
    const std::string svg = room_ > 0 ? to_svg(figure.picture) : "";
    const std::size_t room = svg.size() > kLargeFigure ? room_ / 2 : room_;
    const std::string files = file_links("figures", figure.name, {"SVG", "PDF", "CSV"});
    if (room_ == 0 || figures_ + svg.size() > room) {
      text += "<p>Left out to keep the page small: " + escape_html(figure.caption) + " " + files +
              "</p>\n";
      return;
    }
    figures_ += svg.size();
    text += figure.folded
                ? "<details><summary>" + escape_html(figure.picture.title()) + "</summary>"
                : "";
    text += "<figure class=\"plot\"><div>" + svg + "</div><figcaption>" +
            escape_html(figure.caption) + " " + files + "</figcaption></figure>";
    text += figure.folded ? "</details>\n" : "\n";
  }
  void operator()(const Listing& listing) {
    text += fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n",
                        escape_html(listing.title), escape_html(listing.text));
  }
  void operator()(const Folded& folded) {
    TextTable table = folded.table;
    table.caption.clear();
    text += fmt::format("<details><summary>{}</summary>{}</details>\n",
                        escape_html(folded.table.caption), to_html(table));
  }

 private:
  std::size_t room_;
  std::size_t figures_ = 0;
};

struct MarkdownWriter {
  std::string text;

  void operator()(const Heading& heading) {
    text += "### " + escape_markdown(heading.text) + "\n\n";
  }
  void operator()(const Paragraph& paragraph) { text += escape_markdown(paragraph.text) + "\n\n"; }
  void operator()(const TextTable& table) {
    text += table.caption.empty() ? "" : escape_markdown(table.caption) + "\n\n";
    text += to_markdown(table) + "\n";
  }
  void operator()(const Figure& figure) {
    text += fmt::format("![{}](figures/{}.svg)\n\n{}\n\n", escape_markdown(figure.picture.title()),
                        figure.name, escape_markdown(figure.caption));
  }
  void operator()(const Listing& listing) {
    text += escape_markdown(listing.title) + "\n\n";
    std::size_t begin = 0;
    while (begin < listing.text.size()) {
      const std::size_t end = std::min(listing.text.find('\n', begin), listing.text.size());
      text += "    " + one_line(listing.text.substr(begin, end - begin)) + "\n";
      begin = end + 1;
    }
    text += "\n";
  }
  void operator()(const Folded& folded) { (*this)(folded.table); }
};

std::string page_with_figures(const Document& document, std::size_t room) {
  HtmlWriter writer(room);
  writer.text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>{0}</title><style>{1}</style></"
      "head>\n<body><header><h1>{0}</h1>\n",
      escape_html(document.title), kPageStyle);
  for (const std::string& line : document.headlines) {
    writer.text += "<p>" + escape_html(line) + "</p>\n";
  }
  writer.text += "</header>\n<nav><strong>Contents</strong><ul>";
  for (std::size_t s = 0; s < document.sections.size(); ++s) {
    writer.text +=
        fmt::format("<li><a href=\"#s{}\">{}</a></li>", s, escape_html(document.sections[s].title));
  }
  writer.text += "</ul>";
  for (const std::string& file : document.files) {
    writer.text +=
        fmt::format("{}<a href=\"{}\">{}</a>",
                    file == document.files.front() ? "<p>Beside this page: " : ", ", file, file);
  }
  writer.text += document.files.empty() ? "" : "</p>";
  writer.text += fmt::format("</nav>\n<main data-methods=\"{}\">\n",
                             escape_html(join(document.methods, "\n")));
  for (std::size_t s = 0; s < document.sections.size(); ++s) {
    writer.text += fmt::format("<section id=\"s{}\"><h2>{}</h2>\n", s,
                               escape_html(document.sections[s].title));
    for (const Block& block : document.sections[s].blocks) {
      std::visit(writer, block);
    }
    writer.text += "</section>\n";
  }
  return writer.text + "</main>\n<footer>" + escape_html(document.footer) + "</footer>\n<script>" +
         kPageScript + "</script></body></html>\n";
}

}  // namespace

std::string tables_to_csv(const Document& document) {
  TextTable lines;
  lines.header = {"section", "table", "row", "column", "text", "best", "quoted"};
  for (const Section& section : document.sections) {
    for (const Block& block : section.blocks) {
      const TextTable* table = table_of(block);
      for (std::size_t r = 0; table != nullptr && r < table->rows.size(); ++r) {
        const auto& row = table->rows[r];
        for (std::size_t c = 1; c < row.size(); ++c) {
          lines.add({section.title, table->caption, row.front().text, table->header[c], row[c].text,
                     row[c].bold ? "1" : "0", row[c].quoted ? "1" : "0"});
        }
      }
    }
  }
  return to_csv(lines);
}

std::string to_html(const Document& document, std::size_t most_bytes) {
  const std::size_t without = page_with_figures(document, 0).size();
  return page_with_figures(document, most_bytes - std::min(without, most_bytes));
}

std::string to_markdown(const Document& document) {
  MarkdownWriter writer;
  writer.text = "# " + escape_markdown(document.title) + "\n\n";
  for (const std::string& line : document.headlines) {
    writer.text += "- " + escape_markdown(line) + "\n";
  }
  writer.text += "\n";
  for (const Section& section : document.sections) {
    writer.text += "## " + escape_markdown(section.title) + "\n\n";
    for (const Block& block : section.blocks) {
      std::visit(writer, block);
    }
  }
  return writer.text + escape_markdown(document.footer) + "\n";
}

}  // namespace cance::report
