#include "data_prep/readers/foreign_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <initializer_list>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"

namespace cance::prep {
namespace {

using namespace std::string_view_literals;

/// A kind of file, the Python expression that reads it, where there is one, and how it is known.
struct Foreign {
  std::string_view name;
  std::string_view python;
  std::initializer_list<std::string_view> endings;
  std::initializer_list<std::string_view> signs;  ///< its first bytes
};

constexpr std::string_view kArff =
    "pandas.DataFrame(scipy.io.arff.loadarff('OLD')[0]).apply(lambda c: c.str.decode('utf-8') if "
    "c.dtype == object else c)";

const std::array<Foreign, 13> kForeign{{
    {"an Excel workbook",
     "pandas.read_excel('OLD')",
     {".xlsx", ".xlsm", ".xls", ".xlsb"},
     {"\xD0\xCF\x11\xE0"}},
    {"an OpenDocument spreadsheet", "pandas.read_excel('OLD')", {".ods"}, {}},
    {"a zip file, most likely an Excel workbook", "pandas.read_excel('OLD')", {}, {"PK\x03\x04"}},
    {"a Parquet file", "pandas.read_parquet('OLD')", {".parquet", ".pq"}, {"PAR1"}},
    {"a Feather (Arrow) file",
     "pandas.read_feather('OLD')",
     {".feather", ".arrow", ".ipc"},
     {"ARROW1"}},
    {"an ARFF file of Weka", kArff, {".arff"}, {"@relation"}},
    {"a Python pickle (which may run any code when read)",
     "pandas.read_pickle('OLD')",
     {".pkl", ".pickle"},
     {"\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"}},
    {"JSON", "pandas.read_json('OLD')", {".json", ".jsonl", ".ndjson"}, {}},
    {"a Stata file", "pandas.read_stata('OLD')", {".dta"}, {}},
    {"an SPSS file", "pandas.read_spss('OLD')", {".sav", ".por"}, {"$FL2"}},
    {"a SAS file", "pandas.read_sas('OLD')", {".sas7bdat", ".xpt"}, {}},
    {"a file of R", "", {".rds", ".rda", ".rdata"}, {}},
    {"a packed file",
     "",
     {".gz", ".bz2", ".xz", ".zst", ".zip", ".7z"},
     {"\x1F\x8B", "BZh",
      "\xFD"
      "7zXZ"}},
}};

bool is_of(const Foreign& kind, const std::string& ending) {
  return contains(kind.endings, ending);
}

std::string advice(const Foreign& kind) {
  if (is_of(kind, ".rds")) {
    return fmt::format(
        "{}; write a CSV of it in R: write.csv(readRDS('OLD'), 'NEW.csv', row.names = FALSE)",
        kind.name);
  }
  if (is_of(kind, ".gz")) {
    return fmt::format("{}; unpack it first (only .csv, .tsv and .txt are read packed, by gzip)",
                       kind.name);
  }
  return fmt::format(
      "{}; write a CSV of it, for example in Python: import pandas{}; {}.to_csv('NEW.csv', "
      "index=False)",
      kind.name, kind.python == kArff ? ", scipy.io.arff" : "", kind.python);
}

}  // namespace

std::string foreign_advice(std::string_view first) {
  const std::string begin = lower(first.substr(0, 16));
  for (const Foreign& kind : kForeign) {
    if (std::ranges::any_of(
            kind.signs, [&](std::string_view sign) { return begin.starts_with(lower(sign)); })) {
      return advice(kind);
    }
  }
  return "";
}

std::string foreign_advice(const std::filesystem::path& path) {
  const std::string ending = lower(path.extension().string());
  for (const Foreign& kind : kForeign) {
    if (is_of(kind, ending)) {
      return advice(kind);
    }
  }
  std::string first(16, '\0');
  std::ifstream(path, std::ios::binary)
      .read(first.data(), static_cast<std::streamsize>(first.size()));
  return foreign_advice(std::string_view(first));
}

}  // namespace cance::prep
