// cance report: tables and a page from run files.
#include "report/report.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/plural.hpp"
#include "cli/parse.hpp"

namespace cance::cli {

int report(const Arguments& arguments) {
  const std::string usage = "cance report PATH... --out DIR [--title TEXT] [--newest]";
  const std::string help =
      usage +
      "\nTables, tests between methods and figures of all runs. Methods of one cell may come from "
      "several runs of the same split;\nthose that look at no representation (k-NN, KDE, Deep "
      "SVDD, ...) then stand beside the methods of any.\nDIR holds index.html, report.md, "
      "report.tex and "
      "CSV; figures/NAME.svg, .pdf and .csv; tables/NAME.tex and .csv.\nExit code 1: runs that "
      "cannot be used "
      "were left out.";
  report::ReportOptions request;
  po::options_description options("Options");
  options.add_options()("path", po::value<std::vector<std::string>>(),
                        "run directories, run files, archives (also without the option's name)")(
      "out,o", po::value<std::string>(), "folder of the report, made when absent")(
      "title", po::value<std::string>(), "heading of the page")(
      "newest", po::bool_switch(&request.newest),
      "of a method that several runs of a cell have, the newest run's counts");
  const auto values =
      parse(arguments, options, help, po::positional_options_description().add("path", -1));
  if (!values) {
    return 0;
  }
  require(values->count("path") != 0, "no run directory given (usage: {})", usage);
  require(values->count("out") != 0, "--out is missing: the folder of the report (usage: {})",
          usage);
  for (const std::string& path : (*values)["path"].as<std::vector<std::string>>()) {
    request.paths.emplace_back(path);
  }
  request.out = (*values)["out"].as<std::string>();
  if (values->count("title") != 0) {
    request.title = (*values)["title"].as<std::string>();
  }
  const report::ReportResult result = report::write_report(request);
  fmt::print("{}\n* best mean. {} read, {} left out.\nreport: {}\n", result.plain,
             plural(result.cells, "cell"), plural(result.skipped, "file"), result.page.string());
  return static_cast<int>(result.skipped == 0 ? ExitCode::done : ExitCode::some_failed);
}

}  // namespace cance::cli
