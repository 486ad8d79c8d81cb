// A run record into the groups and arrays of the schema.
#include "base/text.hpp"
#include "store/run_file.hpp"
#include "store/schema.hpp"

namespace cance::store {
namespace {

void write_info(const hdf5::Group& group, const RunInfo& info) {
  group.set("schema", kRunSchema);
  group.set("schema_version", kSchemaVersion);
  for (const auto& [name, field] : info_fields()) {
    std::visit([&, key = name](auto f) { group.set(key, info.*f); }, field);
  }
  if (!info.default_variant.empty()) {
    group.set("default_variant", info.default_variant);
  }
  if (!info.chosen.empty()) {
    group.set("chosen", info.chosen);
  }
  if (info.fused > 1) {
    group.set("fused", info.fused);
  }
  for (const auto& [name, version] : info.libraries) {
    group.set("library_" + name, version);
  }
}

void write_scores(const hdf5::Group& root, const RunRecord& record) {
  const hdf5::Group group = root.create_group("scores");
  std::vector<std::string> order;
  for (const auto& [method, scores] : record.scores) {
    group.write(method, scores);
    order.push_back(method);
  }
  group.set("column-order", order);
}

void write_split(const hdf5::Group& root, const RunRecord& record) {
  const SplitRecord& split = record.split;
  if (split.train_part.empty()) {
    return;
  }
  const hdf5::Group group = root.create_group("split");
  group.set("train_part", split.train_part);
  group.set("test_part", split.test_part);
  group.write("train", split.train);
  group.write("validation", split.validation);
  group.write("test", record.index);
  if (!split.labelled.empty()) {
    group.write("labelled", split.labelled);
  }
}

void write_origins(const hdf5::Group& root, const RunRecord& record) {
  if (record.origins.empty()) {
    return;
  }
  std::vector<std::string> methods, files, sums, dates;
  for (const auto& [method, origin] : record.origins) {
    methods.push_back(method);
    files.push_back(origin.file);
    sums.push_back(origin.sha256);
    dates.push_back(origin.date);
  }
  hdf5::write_table(root, "origins",
                    {{{"method", methods}, {"file", files}, {"sha256", sums}, {"date", dates}}});
}

void write_features(const hdf5::Group& root, const RunRecord& record) {
  const hdf5::Group composite = root.create_group("composite");
  for (const auto& [part, values] : record.composite) {
    composite.write<float>(part, values.values(), {values.rows(), values.cols()});
    composite.set_on(part, "columns", record.composite_columns);
  }
  const hdf5::Group moments = root.create_group("moments");
  const std::size_t n = record.moments.mean.size();
  moments.write<std::int64_t>("count", std::span(&record.moments.count, 1), {});
  moments.write("mean", record.moments.mean);
  moments.write<double>("covariance", record.moments.covariance, {n, n});
  moments.set("condition_number", record.moments.latent_condition);
  moments.set("columns", record.composite_columns);
  moments.set("transform", record.moments.transform);
  const hdf5::Group noise = root.create_group("noise");
  for (const auto& [method, scales] : record.noise) {
    noise.write(method, scales);
  }
}

void write_histories(const hdf5::Group& root, const RunRecord& record) {
  const hdf5::Group group = root.create_group("history");
  std::vector<std::string> order;
  for (const auto& [stage, history] : record.history) {
    write_history(group, stage, history);
    order.push_back(stage);
  }
  group.set("column-order", order);
}

void write_metrics(const hdf5::Group& root, const RunRecord& record) {
  std::vector<std::string> methods;
  std::vector<std::string> names;
  std::vector<double> values;
  for (const Metric& metric : record.metrics) {
    methods.push_back(metric.method);
    names.push_back(metric.metric);
    values.push_back(metric.value);
  }
  hdf5::write_table(root, "metrics", {{{"method", methods}, {"metric", names}, {"value", values}}});
}

void write_model(const hdf5::Group& root, const RunRecord& record) {
  const hdf5::Group group = root.create_group("model");
  write_tensors(group, record.model);
  group.set("threshold_rule", record.threshold_rule);
  std::vector<std::string> methods;
  std::vector<double> thresholds;
  for (const auto& [method, threshold] : record.thresholds) {
    methods.push_back(method);
    thresholds.push_back(threshold);
  }
  hdf5::write_table(root, "thresholds", {{{"method", methods}, {"threshold", thresholds}}});
}

void write_input(const hdf5::Group& root, const InputRecord& input) {
  if (input.row.empty()) {
    return;
  }
  const hdf5::Group group = root.create_group("input");
  group.write("row_shape", std::vector<std::int64_t>(input.row.begin(), input.row.end()));
  group.set("columns", input.columns);
  group.set("one_hot_columns", input.one_hot_columns);
  group.set("preparation", input.preparation);
  if (!input.manifest.empty()) {
    group.set("manifest", input.manifest);
  }
}

void write_validation_scores(const hdf5::Group& root, const RunRecord& record) {
  if (record.validation_scores.empty()) {
    return;
  }
  const hdf5::Group group = root.create_group("validation_scores");
  for (const auto& [method, scores] : record.validation_scores) {
    group.write(method, scores);
  }
  group.set("order", record.validation_in_row_order ? "rows" : "ascending");
}

void write_members(const hdf5::Group& root, const RunRecord& record) {
  if (record.members.empty()) {
    return;
  }
  const hdf5::Group group = root.create_group("members");
  for (std::size_t i = 0; i < record.members.size(); ++i) {
    const hdf5::Group member = group.create_group(fmt::format("{:03}", i));
    member.set("file", record.members[i].file);
    member.set("sha256", record.members[i].sha256);
    write_run(member, record.members[i].run);
  }
}

void write_gallery(const hdf5::Group& root, const Gallery& gallery) {
  if (gallery.image.empty()) {
    return;
  }
  const hdf5::Group group = root.create_group("gallery");
  Shape shape = {gallery.position.size()};
  shape.insert(shape.end(), gallery.image.begin(), gallery.image.end());
  group.set("method", gallery.method);
  group.write("position", gallery.position);
  group.write<std::uint8_t>("input", gallery.input, shape);
  if (gallery.output.size() == gallery.input.size()) {
    group.write<std::uint8_t>("output", gallery.output, shape);
  }
}

}  // namespace

void write_run(const hdf5::Group& group, const RunRecord& record) {
  check_record(record, group.where());
  write_info(group, record.info);
  group.set("complete", false);
  group.write("labels", record.labels);
  group.write("index", record.index);
  group.set("flagged_share", record.flagged_share);
  if (!record.kinds.empty()) {
    group.write("kinds", record.kinds);
    group.set_on("kinds", "names", record.kind_names);
  }
  write_split(group, record);
  write_scores(group, record);
  write_origins(group, record);
  write_features(group, record);
  write_histories(group, record);
  write_metrics(group, record);
  write_model(group, record);
  write_validation_scores(group, record);
  write_input(group, record.input);
  write_gallery(group, record.gallery);
  write_members(group, record);
  group.set("complete", true);
}

void write_run_file(const std::filesystem::path& path, const RunRecord& record) {
  AtomicFile file(path);
  std::optional<hdf5::Group> root = hdf5::create_file(file.temporary(), file.target().string());
  write_run(*root, record);
  finish_file(root, file, "run");
}

}  // namespace cance::store
