#include "cli/parse.hpp"

#include <fmt/format.h>

#include <sstream>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"

namespace cance::cli {

std::optional<po::variables_map> parse(const Arguments& arguments,
                                       const po::options_description& options,
                                       const std::string& usage,
                                       const po::positional_options_description& positional) {
  po::options_description all(options);
  all.add_options()("help,h", "show this text and leave");
  po::variables_map values;
  try {
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(
        po::command_line_parser(arguments).options(all).positional(positional).style(style).run(),
        values);
    if (values.count("help") != 0) {
      std::ostringstream text;
      text << all;
      fmt::print("usage: {}\n\n{}", usage, text.str());
      return std::nullopt;
    }
    po::notify(values);
  } catch (const po::unknown_option& error) {
    const auto names =
        mapped(all.options(), [](const auto& option) { return "--" + option->long_name(); });
    const std::string name = error.get_option_name();
    fail("unknown option '{}'{} (usage: {})", name, did_you_mean(name, names), first_line(usage));
  } catch (const po::error& error) {
    fail("{} (usage: {})", error.what(), first_line(usage));
  }
  return values;
}

std::vector<std::string> parse_names(const std::string& words, const char* option) {
  std::vector<std::string> names(1);
  bool quoted = false;
  for (const char c : words) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      names.emplace_back();
    } else {
      names.back().push_back(c);
    }
  }
  require(!quoted, "--{}: a quote does not end", option);
  return names;
}

}  // namespace cance::cli
