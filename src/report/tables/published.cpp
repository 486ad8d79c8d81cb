#include "report/tables/published.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "report/runs/paper_order.hpp"

namespace cance::report {
namespace {

constexpr std::size_t kTexts = 5;  // dataset, protocol, method, metric, source; then the numbers
constexpr std::array<std::string_view, kTexts> kTitles{"dataset", "protocol", "method", "metric",
                                                       "source"};
constexpr std::array<std::string_view, 4> kMetrics{"auroc", "f1", "precision", "recall"};

std::vector<std::string> read_header(const std::string& line) {
  std::vector<std::string> titles = split(line, ';');
  require(titles.size() > kTexts && std::equal(kTitles.begin(), kTitles.end(), titles.begin()),
          "published.csv: the first line is '{}', expected {};all;...", line,
          fmt::join(kTitles, ";"));
  return titles;
}

/// The number of a field as a share; titles of columns in per cent end in %. Nothing where the
/// field is empty. Error: no share.
std::optional<double> read_share(const std::string& title, const std::string& field,
                                 const std::string& line) {
  const double whole = title.ends_with('%') ? 100 : 1;
  const auto value = parse_number<double>(field);
  require(field.empty() || (value && *value >= 0 && *value <= whole),
          "published.csv: '{}': {} is '{}', expected a number from 0 to {}", line, title, field,
          whole);
  return value ? std::optional(*value / whole) : std::nullopt;
}

/// `line` is what was read, of which `fields` are the parts.
Published read_result(const std::vector<std::string>& titles,
                      const std::vector<std::string>& fields, const std::string& line) {
  require(fields.size() > kTexts && fields.size() <= titles.size(),
          "published.csv: '{}' has {} fields, expected {} to {}", line, fields.size(), kTexts + 1,
          titles.size());
  Published result{fields[2], fields[3], {}, fields[4]};
  require(std::ranges::none_of(fields.begin(), fields.begin() + kTexts, &std::string::empty) &&
              contains(kMetrics, result.metric),
          "published.csv: '{}': expected five texts and one of {}", line,
          fmt::join(kMetrics, ", "));
  require(result.source.starts_with("published: ") || result.source.starts_with("measured: "),
          "published.csv: '{}': a source begins with 'published: ' or 'measured: '", line);
  for (std::size_t i = kTexts; i < fields.size(); ++i) {
    if (const auto value = read_share(titles[i], fields[i], line)) {
      result.values[titles[i].substr(0, titles[i].find('%'))] = *value;
    }
  }
  require(!result.values.empty(), "published.csv: '{}' has no number", line);
  return result;
}

}  // namespace

double Published::value(const std::string& case_name) const {
  const auto found = values.find(case_name);
  return found == values.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

PublishedResults parse_published(std::string_view csv) {
  PublishedResults results;
  std::vector<std::string> titles;
  for (const std::string& line : split(csv, '\n')) {
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    if (titles.empty()) {
      titles = read_header(line);
      continue;
    }
    const std::vector<std::string> fields = split(line, ';');
    Published result = read_result(titles, fields, line);
    auto& others = results[{fields[0], fields[1]}];
    require(std::ranges::none_of(others,
                                 [&](const Published& other) {
                                   return other.method == result.method &&
                                          other.metric == result.metric &&
                                          other.source == result.source;
                                 }),
            "published.csv: '{}' is there twice", line);
    others.push_back(std::move(result));
  }
  require(!results.empty(), "published.csv has no results");
  return results;
}

std::vector<Published> published_results(const std::string& dataset, const std::string& protocol) {
  static const PublishedResults results = parse_published(kPublishedCsv);
  const auto found = results.find({known_dataset(dataset), protocol});
  return found == results.end() ? std::vector<Published>{} : found->second;
}

}  // namespace cance::report
