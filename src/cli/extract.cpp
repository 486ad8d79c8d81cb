// `cance extract`: pictures to features.
#include <algorithm>

#include "base/log.hpp"
#include "base/ranges.hpp"
#include "base/stop_flag.hpp"
#include "cli/output_path.hpp"
#include "cli/parse.hpp"
#include "nn/threads.hpp"
#include "pipeline/extract/extract_job.hpp"

namespace cance::cli {
namespace {

constexpr const char* kExtractUsage =
    "cance extract --data X.h5 --weights FILE --out F.h5 [options]   (also under mpirun and srun)\n"
    "Features of the pictures of a dataset file by ResNet-18, as a dataset file. Rows of pixels "
    "are resized to SIZE x SIZE; of\npicture files the shorter side becomes SIZE * 256 / 224 and "
    "the middle SIZE x SIZE is taken; both by Pillow's bilinear\nfilter. Values are normalised by "
    "ImageNet's mean and deviation. Finished shards in F.h5.shards are kept.";

struct ExtractOptions {
  pipeline::ExtractOptions job;
  std::string data, out, stop_mark;
  int threads = 1;
  bool quiet = false, dry_run = false;
};

void check(const ExtractOptions& o) {
  require(o.job.batch >= 0 && o.job.batch <= 4096,
          "--batch {}: expected 1 to 4096, or 0 (automatic)", o.job.batch);
  require(o.job.size >= 32 && o.job.size <= 2048, "--size {}: expected 32 to 2048 pixels",
          o.job.size);
  require(o.job.shard_rows >= 1, "--shard-rows {}: expected 1 or more", o.job.shard_rows);
  require(o.threads >= 1 && o.threads <= 1024, "--threads {}: expected 1 to 1024", o.threads);
  require(o.job.ranks_per_gpu >= 1, "--ranks-per-gpu {}: expected 1 or more", o.job.ranks_per_gpu);
  require_expendable(o.out, {o.data, o.job.weights}, "dataset");
}

std::optional<ExtractOptions> parse_extract_options(const Arguments& arguments, bool print) {
  ExtractOptions o;
  auto& job = o.job;
  po::options_description options("options");
  options.add_options()("data", po::value(&o.data)->required(),
                        "dataset file of images (cance prep)")(
      "weights", po::value(&job.weights)->required(),
      "safetensors or .pth with torchvision's names, also with batch norm folded in and without "
      "its last layers; or random:SEED, for tests")("out", po::value(&o.out)->required(),
                                                    "the new dataset file")(
      "tap", po::value(&job.tap)->default_value(job.tap),
      "layer1 .. layer4 | avgpool: the stage whose output is averaged (64 to 512 numbers)")(
      "name", po::value(&job.name), "of the new dataset (default DATA-resnet18-TAP)")(
      "batch", po::value(&job.batch)->default_value(job.batch),
      "pictures at a time; 0: 16 on the CPU, on a GPU up to 512 as its memory allows")(
      "size", po::value(&job.size)->default_value(job.size), "pixels a side for the network")(
      "device", po::value(&job.device)->default_value(job.device),
      "auto | cpu | cuda; auto: a GPU where there is one")(
      "precision", po::value(&job.precision)->default_value(job.precision),
      "fp32 | bf16 | fp16 (GPUs)")("threads", po::value(&o.threads)->default_value(1),
                                   "threads a rank")(
      "ranks-per-gpu", po::value(&job.ranks_per_gpu)->default_value(1),
      "how many ranks may share a GPU; more are refused")(
      "shard-rows", po::value(&job.shard_rows)->default_value(job.shard_rows),
      "rows of a shard, the least that a stop can lose")(
      "strict", po::bool_switch(&job.strict),
      "a picture that cannot be decoded is an error; else it is left out and listed")(
      "stop-mark", po::value(&o.stop_mark),
      "file that a stopped rank leaves and that stops the others; it stays, for scripts (default: "
      "one of this launch only, which does not stay)")(
      "dry-run", po::bool_switch(&o.dry_run), "judge options, data and weights, extract nothing")(
      "quiet", po::bool_switch(&o.quiet), "no progress, warnings only");
  if (!print && contains(arguments, "--help")) {
    return std::nullopt;
  }
  if (!parse(arguments, options, kExtractUsage)) {
    return std::nullopt;
  }
  check(o);
  job.data = o.data;
  job.out = o.out;
  job.stop_mark = o.stop_mark;
  job.progress = !o.quiet;
  return o;
}

}  // namespace

int extract(const Arguments& arguments, comm::World& world) {
  std::optional<ExtractOptions> options;
  comm::run_together(world.communicator(),
                     [&] { options = parse_extract_options(arguments, world.rank() == 0); });
  if (!options) {
    return 0;
  }
  if (options->dry_run) {
    comm::run_together(world.communicator(), [&] {
      if (world.rank() == 0) {
        pipeline::judge_extract(options->job);
      }
    });
    return 0;
  }
  log::configure(options->quiet ? log::Level::quiet : log::Level::normal,
                 world.size() > 1 ? fmt::format("rank {}", world.rank()) : "");
  install_stop_handlers();
  nn::configure_torch(options->threads);
  pipeline::extract(options->job, world);
  return 0;
}

}  // namespace cance::cli
