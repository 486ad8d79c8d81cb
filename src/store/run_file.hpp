// The run file, schema 1.x (src/files.md, section 3): everything one cell leaves behind.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/found_files.hpp"
#include "hdf5/group.hpp"
#include "store/history.hpp"
#include "store/tensors.hpp"

namespace cance::store {

/// RunInfo::representation of a cell whose methods need none: its record has no composites, moments
/// or reconstructions.
inline constexpr const char* kNoRepresentation = "none";

/// Root attributes.
struct RunInfo {
  std::string cell;  ///< "mnist/unimodal/class3/seed0", also the path under the run directory
  std::string dataset, protocol, case_name, representation;
  std::int64_t seed = 0;
  std::string default_variant;  ///< in a sweep: the variant with the config file's own settings
  std::string config;           ///< effective INI text
  std::string config_hash;      ///< SHA-256 of it
  std::vector<std::string> chosen = {};  ///< "section.key=value" of what is auto in `config`
  std::string software, software_version, git_commit;
  std::string date, machine, device, precision;
  std::int64_t ranks = 1, threads = 1;
  std::int64_t fused = 1;  ///< cells, with this one, that were trained in one step
  std::map<std::string, std::string> libraries;  ///< name -> version, attributes "library_NAME"
  std::string dataset_sha256;                    ///< of the dataset file's content (data/split)
  std::string split_sha256;                      ///< of the rows that train, validate and test
  double seconds = 0;  ///< wall time of the cell, of fused ones an equal share
};

using InfoField = std::variant<std::string RunInfo::*, std::int64_t RunInfo::*, double RunInfo::*>;
/// All but the libraries, by the names of their attributes: first what tables of runs show, at the
/// end the program and the settings.
[[nodiscard]] std::span<const std::pair<const char*, InfoField>> info_fields();

struct Metric {
  std::string method, metric;
  double value = 0;
};

/// Moments of the composite feature over the training rows.
struct MomentsRecord {
  std::int64_t count = 0;
  std::vector<double> mean;        ///< [n]
  std::vector<double> covariance;  ///< [n, n]
  double latent_condition = 0;     ///< cond(S(z))
  std::string transform = "raw";   ///< of e and c before the moments were taken: raw | log
};

/// The rows that the models take, and how raw rows become such.
struct InputRecord {
  Shape row;  ///< {c, h, w} of images with values 0..255, or {d}; empty in files that lack it
  std::vector<std::string> columns, one_hot_columns;  ///< names, where columns have some
  std::string preparation, manifest = {};             ///< as of DatasetInfo
};

/// Rows of the dataset file that were learned from; those that are judged are RunRecord::index.
struct SplitRecord {
  std::string train_part, test_part;  ///< parts of the dataset file; empty in files that lack it
  std::vector<std::int64_t> train, validation;  ///< of train_part, ascending, all normal
  std::vector<std::int64_t> labelled;           ///< of train_part, ascending, known anomalies
};

/// Where scores came from that another program computed.
struct ScoreOrigin {
  std::string file, sha256;  ///< name without folder, and content
  std::string date;          ///< when they were added, UTC, ISO 8601
};

/// Most and least anomalous test images of the main method, with reconstructions (images only).
struct Gallery {
  std::string method;
  Shape image;                         ///< {c, h, w}; empty when there is none
  std::vector<std::int64_t> position;  ///< into /scores, the highest scores first, then the lowest
  std::vector<std::uint8_t> input, output;  ///< [k, c, h, w]; no output without a representation
};

struct EnsembleMember;

struct RunRecord {
  RunInfo info;
  std::vector<std::uint8_t> labels;     ///< [n_test], 1 = anomalous
  std::vector<std::int64_t> index;      ///< [n_test], row in the part test, all or (fit) train
  std::vector<std::int32_t> kinds;      ///< [n_test], class of the row, 0 = normal; or empty
  std::vector<std::string> kind_names;  ///< by class, where there are kinds
  double flagged_share = 0;             ///< rho of protocol dagmm
  SplitRecord split;
  /// method -> [n_test], high = anomalous; and of the validation rows
  std::vector<std::pair<std::string, std::vector<double>>> scores;
  std::map<std::string, std::vector<double>> validation_scores;
  bool validation_in_row_order = false;        ///< else ascending, as builds before 1.2 kept them
  std::map<std::string, ScoreOrigin> origins;  ///< method -> of scores of other programs
  std::vector<std::string> composite_columns;  ///< z0.., e, c
  std::map<std::string, Matrix<float>> composite;  ///< train, validation, test: [n, m + 2]
  MomentsRecord moments;
  std::map<std::string, std::vector<double>> noise;      ///< method -> learned scale a [n]
  std::vector<std::pair<std::string, History>> history;  ///< stage -> columns
  std::vector<Metric> metrics;
  TensorMap model;                           ///< tensors under their module names
  std::map<std::string, double> thresholds;  ///< method -> score above which a row is flagged
  std::string threshold_rule;
  InputRecord input;
  Gallery gallery;
  std::vector<EnsembleMember> members;  ///< of an ensemble alone, two or more
};

/// A run that an ensemble joins, by all of its methods, without composites and gallery.
struct EnsembleMember {
  std::string file;    ///< where it was read
  std::string sha256;  ///< of that file's content
  RunRecord run;
};

/// Writes the record whole under `path` (temporary name, flush, sync, rename).
void write_run_file(const std::filesystem::path& path, const RunRecord& record);

/// What to read: info = root attributes, light = all but the values of /composite and /model.
enum class Detail { info, light, full };

/// Writes the record into an open group, for example /runs/CELL of an archive.
void write_run(const hdf5::Group& group, const RunRecord& record);
/// Reads and checks the record of a group that `write_run` wrote, or that is a copy of such a one.
[[nodiscard]] RunRecord read_run(const hdf5::Group& group, Detail detail = Detail::light);
/// Throws Error, with `where` in front, when parts of a record disagree: lengths, labels other than
/// 0 and 1, values that are not finite. Writing and reading both do it.
void check_record(const RunRecord& record, const std::string& where);

/// Reads and checks a run file. Errors, each its own message: not HDF5, not a run file, incomplete,
/// truncated, newer major version, damaged chunk, sizes that disagree, scores that are not finite.
[[nodiscard]] RunRecord read_run_file(const std::filesystem::path& path,
                                      Detail detail = Detail::light);
/// The checksums of an ensemble's members, whose contents are not read; none of any other run.
[[nodiscard]] std::vector<std::string> member_checksums(const std::filesystem::path& path);

/// Run files below `folder` (or the file itself), sorted by path, each once, whatever links lead to
/// it; temporary files, datasets and archives are left out. What cannot be read and may be or hold
/// a run is among them. Error: nothing is there.
[[nodiscard]] std::vector<FoundFile> find_run_files(const std::filesystem::path& folder);

}  // namespace cance::store
