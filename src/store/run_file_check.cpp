// What must hold between the parts of a run record, the same for writing and reading.
#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "store/run_file.hpp"

namespace cance::store {
namespace {

template <class T>
void require_finite(const std::vector<T>& values, const std::string& where) {
  const auto bad = std::ranges::find_if_not(values, [](T value) { return std::isfinite(value); });
  require(bad == values.end(), "{}: element {} is {}, not a finite number", where,
          bad - values.begin(), bad == values.end() ? T{0} : *bad);
}

constexpr std::int64_t kMostRanks = std::int64_t{1} << 24;
constexpr std::int64_t kMostThreads = std::int64_t{1} << 16;

/// Tables, messages and other programs take these as they are.
void check_names(const RunRecord& record, const std::string& where) {
  const RunInfo& info = record.info;
  for (const auto& [name, field] : info_fields()) {
    const auto* const text = std::get_if<std::string RunInfo::*>(&field);
    require(text == nullptr || *text == &RunInfo::config || is_utf8_line(info.**text),
            "{}: an attribute is not UTF-8 text on one line", where);
  }
  require(is_utf8_line(info.default_variant) && std::ranges::all_of(info.chosen, is_utf8_line),
          "{}: an attribute is not UTF-8 text on one line", where);
  for (const std::string& part : split(info.cell, '/')) {
    require(!part.empty() && part != "." && part != "..",
            "{}: '{}' is no name of a cell; expected NAME/NAME/...", where, info.cell);
  }
  for (const Metric& metric : record.metrics) {
    require(is_utf8_line(metric.method) && is_utf8_line(metric.metric),
            "{}metrics: a name is not UTF-8 text on one line", where);
  }
}

void check_rows(const RunRecord& record, const std::string& where) {
  const std::size_t rows = record.labels.size();
  require(record.index.size() == rows, "{}: {} labels, but {} indices", where, rows,
          record.index.size());
  const auto bad =
      std::ranges::find_if(record.labels, [](std::uint8_t label) { return label > 1; });
  require(bad == record.labels.end(), "{}labels: element {} is {}, expected 0 or 1", where,
          bad - record.labels.begin(), bad == record.labels.end() ? 0 : int{*bad});
  require(record.kinds.empty() || record.kinds.size() == rows, "{}: {} labels, but {} kinds", where,
          rows, record.kinds.size());
  for (std::size_t i = 0; i < record.kinds.size(); ++i) {
    const std::int32_t kind = record.kinds[i];
    require(kind >= 0 && static_cast<std::size_t>(kind) < record.kind_names.size() &&
                (kind != 0) == (record.labels[i] != 0),
            "{}kinds: element {} is {}, which does not fit label {} and {} names", where, i, kind,
            record.labels[i], record.kind_names.size());
  }
  for (const auto* part : {&record.split.train, &record.split.validation, &record.split.labelled}) {
    require(part->empty() || (part->front() >= 0 && std::ranges::is_sorted(*part)),
            "{}split: rows that are not ascending from 0 on", where);
  }
  for (const auto& [method, origin] : record.origins) {
    require(std::ranges::any_of(record.scores,
                                [&name = method](const auto& item) { return item.first == name; }),
            "{}origins: there are no scores of {}", where, method);
    require(is_utf8_line(origin.file) && is_utf8_line(origin.sha256) && is_utf8_line(origin.date),
            "{}origins: a text is not UTF-8 on one line", where);
  }
  for (const auto& [method, scores] : record.scores) {
    require(scores.size() == rows, "{}scores/{}: {} scores, but {} labels", where, method,
            scores.size(), rows);
    require_finite(scores, where + "scores/" + method);
  }
}

void check_composite(const RunRecord& record, const std::string& where) {
  for (const auto& [part, values] : record.composite) {
    require(part == "train" || part == "validation" || part == "test",
            "{}composite/{}: expected train, validation or test", where, part);
    require(values.cols() == record.composite_columns.size(),
            "{}composite/{}: {} columns, but {} column names", where, part, values.cols(),
            record.composite_columns.size());
    require(part != "test" || values.rows() == record.labels.size(),
            "{}composite/test: {} rows, but {} labels", where, values.rows(), record.labels.size());
    require_finite(values.values(), where + "composite/" + part);
  }
  const std::size_t n = record.moments.mean.size();
  require(record.moments.covariance.size() == n * n, "{}moments: {} covariances for {} means",
          where, record.moments.covariance.size(), n);
  require(record.moments.count >= 0, "{}moments: a count of {}", where, record.moments.count);
  require_finite(record.moments.mean, where + "moments/mean");
  require_finite(record.moments.covariance, where + "moments/covariance");
  for (const auto& [method, scales] : record.noise) {
    require_finite(scales, where + "noise/" + method);
  }
}

void check_counts(const RunInfo& info, const std::string& where) {
  require(std::isfinite(info.seconds) && info.seconds >= 0, "{}: it took {} seconds", where,
          info.seconds);
  require(info.ranks >= 1 && info.ranks <= kMostRanks && info.threads >= 1 &&
              info.threads <= kMostThreads,
          "{}: {} ranks of {} threads; expected 1 to {} of 1 to {}", where, info.ranks,
          info.threads, kMostRanks, kMostThreads);
  require(info.fused >= 1 && info.fused <= kMostRanks, "{}: {} fused cells; expected 1 to {}",
          where, info.fused, kMostRanks);
}

void check_gallery(const RunRecord& record, const std::string& where) {
  const Gallery& gallery = record.gallery;
  const std::size_t size = gallery.image.empty() ? 0 : element_count(gallery.image);
  require(gallery.image.empty() || gallery.image.size() == 3,
          "{}gallery: images of shape ({}), expected (channels, height, width)", where,
          fmt::join(gallery.image, ", "));
  require(gallery.position.empty() || size > 0, "{}gallery: images of shape ({}) have no pixels",
          where, fmt::join(gallery.image, ", "));
  require(gallery.input.size() == gallery.position.size() * size &&
              (gallery.output.size() == gallery.input.size() ||
               (gallery.output.empty() && record.info.representation == kNoRepresentation)),
          "{}gallery: {} positions, {} input and {} output values do not fit images of {}", where,
          gallery.position.size(), gallery.input.size(), gallery.output.size(), size);
  for (const std::int64_t place : gallery.position) {
    require(place >= 0 && static_cast<std::size_t>(place) < record.labels.size(),
            "{}gallery/position: {}, but there are {} test rows", where, place,
            record.labels.size());
  }
}

void check_input(const RunRecord& record, const std::string& where) {
  const InputRecord& input = record.input;
  require(input.row.empty() || input.row.size() == 1 || input.row.size() == 3,
          "{}input: rows of shape ({}), expected (columns) or (channels, height, width)", where,
          fmt::join(input.row, ", "));
  require(input.columns.empty() || input.row == Shape{input.columns.size()},
          "{}input: {} column names for rows of shape ({})", where, input.columns.size(),
          fmt::join(input.row, ", "));
  for (const auto& [method, scores] : record.validation_scores) {
    require_finite(scores, where + "validation_scores/" + method);
    require(record.validation_in_row_order || std::ranges::is_sorted(scores),
            "{}validation_scores/{}: not ascending", where, method);
  }
}

}  // namespace

void check_record(const RunRecord& record, const std::string& where) {
  check_names(record, where);
  check_counts(record.info, where);
  check_rows(record, where);
  check_composite(record, where);
  check_gallery(record, where);
  check_input(record, where);
  for (const auto& [stage, history] : record.history) {
    const std::size_t rows = history.epoch.size();
    require(history.train_loss.size() == rows && history.validation_loss.size() == rows &&
                history.seconds.size() == rows,
            "{}history/{}: columns of unequal length", where, stage);
  }
  for (const auto& [name, tensor] : record.model) {
    require(tensor.values.size() == element_count(tensor.shape),
            "{}model/{}: {} values for the shape ({})", where, name, tensor.values.size(),
            fmt::join(tensor.shape, ", "));
    require_finite(tensor.values, where + "model/" + name);
  }
}

}  // namespace cance::store
