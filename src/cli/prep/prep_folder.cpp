// The row `folder` of `cance prep`.
#include "base/text.hpp"
#include "cli/prep/prep_sets.hpp"
#include "data_prep/pictures/folder_set.hpp"

namespace cance::cli {
namespace {

constexpr std::size_t kMostSide = 4096;
constexpr std::size_t kMostNamed = 5;

std::size_t side(const std::string& text) {
  if (text == "original") {
    return 0;
  }
  const auto size = parse_number<std::size_t>(text);
  require(size.has_value() && *size >= 1 && *size <= kMostSide,
          "--size '{}': expected 'original' or a side of 1 to {} pixels", text, kMostSide);
  return *size;
}

image::SampleRange sample_range(const std::string& text) {
  const auto ends = split(text, ',');
  const auto low = parse_number<std::uint16_t>(ends.front());
  const auto high = parse_number<std::uint16_t>(ends.back());
  require(ends.size() == 2 && low && high && *low < *high,
          "--range '{}': expected LOW,HIGH, samples of 0 to 65535", text);
  return {*low, *high};
}

prep::FolderOptions folder_options(const PrepCall& call) {
  const auto& values = call.values;
  prep::FolderOptions options{.name = call.name(),
                              .size = side(values["size"].as<std::string>()),
                              .skip_broken = values["skip-broken"].as<bool>()};
  const bool grey = values["grey"].as<bool>();
  const bool colour = values["colour"].as<bool>();
  require(!(grey && colour), "--grey and --colour exclude each other");
  require(options.size > 0 || !(grey || colour),
          "--{} needs --size N; original files stay as they are", grey ? "grey" : "colour");
  if (values.count("range") != 0) {
    options.range = sample_range(values["range"].as<std::string>());
  }
  if (grey || colour) {
    options.colours = grey ? prep::Colours::grey : prep::Colours::colour;
  }
  return options;
}

std::string range(const std::array<std::size_t, 2>& values) {
  return values[0] == values[1] ? fmt::format("{}", values[0])
                                : fmt::format("{} to {}", values[0], values[1]);
}

std::string counts(const prep::PictureFolder& found, const std::vector<prep::Picture>& pictures) {
  std::vector<std::size_t> rows(found.class_names.size());
  for (const prep::Picture& picture : pictures) {
    ++rows[static_cast<std::size_t>(picture.label)];
  }
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] > 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", rows[i], found.class_names[i]);
    }
  }
  return text;
}

void print_found(const prep::PictureFolder& found, const prep::FolderOptions& options) {
  fmt::print("{}: {} pictures\n", found.folder, found.train.size() + found.test.size());
  const bool judged = std::ranges::any_of(found.train, &prep::Picture::label);
  if (judged) {
    fmt::print("  all     {}; protocols goad, dagmm and drocc split them\n",
               counts(found, found.train));
  } else {
    fmt::print("  train   {}\n  test    {}\n", counts(found, found.train),
               found.test.empty() ? "none, for protocol fit" : counts(found, found.test));
  }
  fmt::print("  size    {} wide, {} high; {} colour, {} grey{}\n", range(found.widths),
             range(found.heights), found.colour, found.grey,
             found.broken.empty() ? "" : fmt::format(", {} unreadable", found.broken.size()));
  if (const auto range = options.range ? options.range : prep::range_of(found); range) {
    fmt::print(
        "  range   {} of 16 bits, {} to {} to train on; {} to {} become 0 to 255, what lies beyond "
        "is cut (--range LOW,HIGH)\n",
        found.deep, found.samples.low, found.samples.high, range->low, range->high);
  }
  if (!found.ignored.empty()) {
    fmt::print("  ignored {} files: {}\n", found.ignored.size(),
               join_first(found.ignored, kMostNamed));
  }
  std::fflush(stdout);
}

}  // namespace

prep::PrepSummary prep_folder(const PrepCall& call) {
  const auto options = folder_options(call);
  const auto normal = call.text("normal");
  const auto found = prep::find_pictures(
      call.raw, normal.empty() ? std::vector<std::string>() : parse_names(normal, "normal"));
  print_found(found, options);
  return prep::write_pictures(found, options, call.out);
}

void add_folder_options(po::options_description& description) {
  auto add = description.add_options();
  add("size", po::value<std::string>()->default_value("original"),
      "folder: squares of this side (shorter side resized, then the middle), or the files as they "
      "are, for cance extract");
  add("name", po::value<std::string>(), "folder, table: name of the data set (default: of --out)");
  add("grey", po::bool_switch(), "folder: squares in grey");
  add("colour", po::bool_switch(), "folder: squares in colour, also when all pictures are grey");
  add("range", po::value<std::string>(),
      "folder: LOW,HIGH, the samples of 16-bit pictures that become 0 and 255 (default: those to "
      "train on, and half as much again on either side)");
  add("skip-broken", po::bool_switch(), "folder: leave out pictures that cannot be read");
}

}  // namespace cance::cli
