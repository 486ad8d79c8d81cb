// Numbers of others to stand beside ours, marked as theirs: published ones, and what other programs
// reached on the same files (measured).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cance::report {

/// The name of the average over cases in `values`, and over how many every one of them is.
inline constexpr const char* kAverage = "average";
inline constexpr std::size_t kAveragedCases = 10;

struct Published {
  std::string method;
  std::string metric;                    ///< "auroc", "f1", "precision" or "recall"
  std::map<std::string, double> values;  ///< by case, and kAverage where that is known
  std::string source;                    ///< begins with "published: " or "measured: "

  /// The value of a case, or NaN.
  [[nodiscard]] double value(const std::string& case_name) const;
};

/// The text of published.csv, built into the program.
extern const char* const kPublishedCsv;

/// Results by data set and protocol, in the order of the file.
using PublishedResults = std::map<std::pair<std::string, std::string>, std::vector<Published>>;

/// Reads text in the form of published.csv, which is explained at its top. Errors, with the line:
/// missing fields, an unknown metric or source, what is no share, a result that is there twice.
[[nodiscard]] PublishedResults parse_published(std::string_view csv);

/// In the order of published.csv; nothing where no number is known. A data set without its test
/// batch ("cifar10-heldout") and its ResNet-18 features ("...resnet18...") stand beside CIFAR-10's.
[[nodiscard]] std::vector<Published> published_results(const std::string& dataset,
                                                       const std::string& protocol);

}  // namespace cance::report
