// `cance export`: the tables of runs as CSV or JSON.
#include "archive/export.hpp"

#include <fmt/format.h>

#include "archive/run_source.hpp"
#include "archive/tables.hpp"
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/plural.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/output_path.hpp"
#include "cli/parse.hpp"

namespace cance::cli {
namespace {

constexpr const char* kExportUsage =
    "cance export PATH... [--format csv|json] [--table table|cells|aggregates] [--out FILE]\n"
    "Runs of archives, run directories and run files. csv: one table; json: cells with their "
    "metrics, and aggregates. Exit code 1: runs that cannot be read were left out.";

std::string csv_text(const std::vector<archive::Member>& members, const std::string& table) {
  require(table == "table" || table == "cells" || table == "aggregates",
          "--table {}: expected table, cells or aggregates{}", table,
          did_you_mean(table, {"table", "cells", "aggregates"}));
  return archive::to_csv(table == "table"   ? archive::metric_table(members)
                         : table == "cells" ? archive::cell_table(members)
                                            : archive::aggregate_table(members));
}

}  // namespace

int export_runs(const Arguments& arguments) {
  std::vector<std::string> paths;
  std::string format;
  std::string table;
  std::string out;
  po::options_description options("options");
  options.add_options()("path", po::value(&paths),
                        "archives, run directories, run files (also the bare words)")(
      "format,f", po::value(&format)->default_value("csv"), "csv | json")(
      "table", po::value(&table)->default_value("table"),
      "of csv: table (a row a metric) | cells | aggregates (over seeds)")(
      "out,o", po::value(&out), "file (standard output where it is not given)");
  if (!parse(arguments, options, kExportUsage,
             po::positional_options_description().add("path", -1))) {
    return static_cast<int>(ExitCode::done);
  }
  require(!paths.empty(), "no path given (usage: cance export PATH... --format csv)");
  require(format == "csv" || format == "json", "--format {}: expected csv or json{}", format,
          did_you_mean(format, {"csv", "json"}));
  if (!out.empty()) {
    require_expendable(out, {paths.begin(), paths.end()});
  }
  const auto [members, left_out] =
      archive::read_members(archive::find_runs({paths.begin(), paths.end()}));
  archive::require_methods_once(members);
  const std::string text = format == "csv" ? csv_text(members, table) : archive::to_json(members);
  if (out.empty()) {
    fmt::print("{}", text);
  } else {
    write_text_file(out, text);
  }
  if (left_out > 0) {
    log::warn("{} left out", plural(left_out, "run"));
  }
  return static_cast<int>(left_out == 0 ? ExitCode::done : ExitCode::some_failed);
}

}  // namespace cance::cli
