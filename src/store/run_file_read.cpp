// A run record from the groups and arrays of the schema, of any 1.x.
#include <algorithm>
#include <array>
#include <set>

#include "base/ranges.hpp"
#include "base/text.hpp"
#include "hdf5/seal.hpp"
#include "store/run_directory.hpp"
#include "store/run_file.hpp"
#include "store/schema.hpp"

namespace cance::store {
namespace {

constexpr std::array<std::pair<const char*, InfoField>, 20> kInfoFields = {
    {{"cell", &RunInfo::cell},
     {"dataset", &RunInfo::dataset},
     {"protocol", &RunInfo::protocol},
     {"case", &RunInfo::case_name},
     {"representation", &RunInfo::representation},
     {"seed", &RunInfo::seed},
     {"config_hash", &RunInfo::config_hash},
     {"dataset_sha256", &RunInfo::dataset_sha256},
     {"split_sha256", &RunInfo::split_sha256},
     {"software_version", &RunInfo::software_version},
     {"git_commit", &RunInfo::git_commit},
     {"date", &RunInfo::date},
     {"machine", &RunInfo::machine},
     {"device", &RunInfo::device},
     {"precision", &RunInfo::precision},
     {"ranks", &RunInfo::ranks},
     {"threads", &RunInfo::threads},
     {"seconds", &RunInfo::seconds},
     {"software", &RunInfo::software},
     {"config", &RunInfo::config}}};

void read_field(const hdf5::Group& group, const char* name, std::string& value) {
  value = group.text(name);
}
void read_field(const hdf5::Group& group, const char* name, std::int64_t& value) {
  value = group.integer(name);
}
void read_field(const hdf5::Group& group, const char* name, double& value) {
  value = group.number(name);
}

RunInfo read_run_info(const hdf5::Group& group) {
  RunInfo info;
  for (const auto& [name, field] : kInfoFields) {
    std::visit([&, key = name](auto f) { read_field(group, key, info.*f); }, field);
  }
  if (group.has_attribute("default_variant")) {
    info.default_variant = group.text("default_variant");
  }
  if (group.has_attribute("chosen")) {
    info.chosen = group.texts("chosen");
  }
  if (group.has_attribute("fused")) {
    info.fused = group.integer("fused");
  }
  constexpr std::string_view kPrefix = "library_";
  for (const std::string& name : group.attribute_names()) {
    if (name.starts_with(kPrefix)) {
      info.libraries[name.substr(kPrefix.size())] = group.text(name);
    }
  }
  return info;
}

// Children in the order that `column-order` gives; every child must be named there.
std::vector<std::string> ordered_children(const hdf5::Group& group) {
  auto order = group.texts("column-order");
  auto sorted = order;
  std::ranges::sort(sorted);
  require(sorted == group.children(), "{}: 'column-order' ({}) does not name what is there ({})",
          group.where(), join(order, ", "), join(group.children(), ", "));
  return order;
}

MomentsRecord read_moments(const hdf5::Group& group) {
  MomentsRecord moments;
  moments.count = group.read_shaped<std::int64_t>("count", {}).front();
  moments.mean = group.read_shaped<double>("mean", {0});
  const Shape shape = group.shape("covariance");
  const std::size_t n = moments.mean.size();
  require(shape == Shape{n, n}, "{}: the shape is ({}), expected ({}, {})",
          group.where("covariance"), fmt::join(shape, ", "), n, n);
  moments.covariance = group.read<double>("covariance").values;
  moments.latent_condition = group.number("condition_number");
  moments.transform = group.has_attribute("transform") ? group.text("transform") : "raw";
  return moments;
}

std::vector<Metric> read_metrics(const hdf5::Group& group) {
  const hdf5::Table table = hdf5::read_table(group, "metrics");
  std::vector<Metric> metrics;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    metrics.push_back(
        {table.texts("method")[i], table.texts("metric")[i], table.numbers("value")[i]});
  }
  return metrics;
}

Gallery read_gallery(const hdf5::Group& root) {
  if (!root.has("gallery")) {
    return {};
  }
  const hdf5::Group group = root.group("gallery");
  Gallery gallery;
  gallery.method = group.text("method");
  gallery.position = group.read_shaped<std::int64_t>("position", {0});
  const auto input = group.read<std::uint8_t>("input");
  require(input.shape.size() == 4 && input.shape.front() == gallery.position.size(),
          "{}: the shape is ({}), expected ({}, channels, height, width)", group.where("input"),
          fmt::join(input.shape, ", "), gallery.position.size());
  gallery.image.assign(input.shape.begin() + 1, input.shape.end());
  gallery.input = input.values;
  if (!group.has("output")) {
    return gallery;
  }
  const auto output = group.read<std::uint8_t>("output");
  require(output.shape == input.shape, "{}: the shape is ({}), expected ({}) as the input",
          group.where("output"), fmt::join(output.shape, ", "), fmt::join(input.shape, ", "));
  gallery.output = output.values;
  return gallery;
}

InputRecord read_input(const hdf5::Group& root) {
  if (!root.has("input")) {
    return {};
  }
  const hdf5::Group group = root.group("input");
  InputRecord input;
  for (const std::int64_t extent : group.read_shaped<std::int64_t>("row_shape", {0})) {
    require(extent > 0, "{}: an extent of {}", group.where("row_shape"), extent);
    input.row.push_back(static_cast<std::size_t>(extent));
  }
  input.columns = group.texts("columns");
  input.one_hot_columns = group.texts("one_hot_columns");
  input.preparation = group.text("preparation");
  input.manifest = group.has_attribute("manifest") ? group.text("manifest") : "";
  return input;
}

SplitRecord read_split(const hdf5::Group& root, const std::vector<std::int64_t>& index) {
  if (!root.has("split")) {
    return {};
  }
  const hdf5::Group group = root.group("split");
  const auto rows = [&](const char* name) { return group.read_shaped<std::int64_t>(name, {0}); };
  require(rows("test") == index, "{}: other rows than /index", group.where("test"));
  return {group.text("train_part"), group.text("test_part"), rows("train"), rows("validation"),
          group.has("labelled") ? rows("labelled") : std::vector<std::int64_t>()};
}

std::map<std::string, ScoreOrigin> read_origins(const hdf5::Group& root) {
  std::map<std::string, ScoreOrigin> origins;
  if (root.has("origins")) {
    const hdf5::Table table = hdf5::read_table(root, "origins");
    for (std::size_t i = 0; i < table.rows(); ++i) {
      origins[table.texts("method")[i]] = {table.texts("file")[i], table.texts("sha256")[i],
                                           table.texts("date")[i]};
    }
  }
  return origins;
}

void read_light(const hdf5::Group& group, RunRecord& record) {
  record.labels = group.read_shaped<std::uint8_t>("labels", {0});
  record.index = group.read_shaped<std::int64_t>("index", {0});
  if (group.has("kinds")) {
    record.kinds = group.read_shaped<std::int32_t>("kinds", {0});
    record.kind_names = group.texts_on("kinds", "names");
  }
  record.flagged_share = group.has_attribute("flagged_share") ? group.number("flagged_share") : 0.0;
  record.split = read_split(group, record.index);
  record.origins = read_origins(group);
  const hdf5::Group scores = group.group("scores");
  for (const std::string& method : ordered_children(scores)) {
    record.scores.emplace_back(method, scores.read_shaped<double>(method, {0}));
  }
  if (group.has("validation_scores")) {
    const hdf5::Group validation = group.group("validation_scores");
    for (const std::string& method : validation.children()) {
      record.validation_scores[method] = validation.read_shaped<double>(method, {0});
    }
    record.validation_in_row_order =
        validation.has_attribute("order") && validation.text("order") == "rows";
  }
  record.input = read_input(group);
  const hdf5::Group moments = group.group("moments");
  record.moments = read_moments(moments);
  record.composite_columns = moments.texts("columns");
  const std::size_t means = record.moments.mean.size();
  const bool represented = record.info.representation != kNoRepresentation && !group.has("members");
  require((means >= 2 || !represented) && means == record.composite_columns.size(),
          "{}: {} means for the columns ({}), expected z..., e and c", moments.where(), means,
          join(record.composite_columns, ", "));
  const hdf5::Group noise = group.group("noise");
  for (const std::string& method : noise.children()) {
    record.noise[method] = noise.read_shaped<double>(method, {0});
  }
  const hdf5::Group history = group.group("history");
  for (const std::string& stage : ordered_children(history)) {
    record.history.emplace_back(stage, read_history(history, stage));
  }
  record.metrics = read_metrics(group);
  const hdf5::Table thresholds = hdf5::read_table(group, "thresholds");
  for (std::size_t i = 0; i < thresholds.rows(); ++i) {
    record.thresholds[thresholds.texts("method")[i]] = thresholds.numbers("threshold")[i];
  }
  record.threshold_rule = group.group("model").text("threshold_rule");
  record.gallery = read_gallery(group);
}

void read_heavy(const hdf5::Group& group, RunRecord& record) {
  const hdf5::Group composite = group.group("composite");
  for (const std::string& part : composite.children()) {
    auto array = composite.read<float>(part);
    require(array.shape.size() == 2, "{}: the shape is ({}), expected (rows, columns)",
            composite.where(part), fmt::join(array.shape, ", "));
    require(composite.texts_on(part, "columns") == record.composite_columns,
            "{}: the attribute 'columns' differs from that of /moments", composite.where(part));
    record.composite.emplace(
        part, Matrix<float>(array.shape[0], array.shape[1], std::move(array.values)));
  }
  record.model = read_tensors(group.group("model"));
}

/// Datasets and archives may lie among run files; a file without a checksum line is looked into.
/// A link or a folder that cannot be read may have led to runs.
bool may_be_run(const FoundFile& file) {
  if (file.path.extension() != ".h5") {
    return file.kind == FoundFile::Kind::link || file.kind == FoundFile::Kind::folder;
  }
  const std::string kind = file.fault.empty() ? hdf5::sealed_kind(file.path) : "";
  return kind.empty() || kind == "run";
}

void read_members(const hdf5::Group& root, Detail detail, RunRecord& record) {
  if (detail != Detail::full || !root.has("members")) {
    return;
  }
  const hdf5::Group group = root.group("members");
  for (const std::string& name : group.children()) {
    const hdf5::Group member = group.group(name);
    require(!member.has("members"), "{}: an ensemble of ensembles", member.where());
    record.members.push_back(
        {member.text("file"), member.text("sha256"), read_run(member, detail)});
  }
}

}  // namespace

std::span<const std::pair<const char*, InfoField>> info_fields() { return kInfoFields; }

RunRecord read_run(const hdf5::Group& group, Detail detail) {
  check_schema(group, kRunSchema);
  RunRecord record;
  record.info = read_run_info(group);
  if (detail != Detail::info) {
    read_light(group, record);
  }
  if (detail == Detail::full) {
    read_heavy(group, record);
  }
  read_members(group, detail, record);
  check_record(record, group.where());
  return record;
}

RunRecord read_run_file(const std::filesystem::path& path, Detail detail) {
  return read_run(hdf5::open_file(path), detail);
}

std::vector<std::string> member_checksums(const std::filesystem::path& path) {
  const hdf5::Group root = hdf5::open_file(path);
  check_schema(root, kRunSchema);
  if (!root.has("members")) {
    return {};
  }
  const hdf5::Group members = root.group("members");
  return mapped(members.children(),
                [&members](const std::string& name) { return members.group(name).text("sha256"); });
}

std::vector<FoundFile> find_run_files(const std::filesystem::path& folder) {
  const auto given = look_up(folder);
  require(given.has_value(), "{}: not found", folder.string());
  if (given->kind != FoundFile::Kind::folder) {
    return {*given};
  }
  auto files = files_below(folder);
  std::erase_if(files, [](const FoundFile& file) { return !may_be_run(file); });
  std::set<std::filesystem::path> known;
  for (const bool linked : {false, true}) {
    std::erase_if(files, [&](const FoundFile& file) {
      std::error_code gone;
      return file.linked == linked && file.fault.empty() &&
             !known.insert(std::filesystem::weakly_canonical(file.path, gone)).second;
    });
  }
  return files;
}

}  // namespace cance::store
