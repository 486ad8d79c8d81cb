#include "pipeline/extract/extract_job.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>

#include "base/cast.hpp"
#include "base/log.hpp"
#include "base/plural.hpp"
#include "base/process.hpp"
#include "base/stop_flag.hpp"
#include "nn/step_graph.hpp"
#include "pipeline/compute_setup.hpp"
#include "pipeline/extract/extract_plan.hpp"
#include "pipeline/extract/picture_batches.hpp"
#include "pipeline/stop_mark.hpp"
#include "store/feature_shard.hpp"

namespace cance::pipeline {
namespace {

at::ScalarType type_of(const std::string& precision, at::Device device) {
  require(precision == "fp32" || precision == "bf16" || precision == "fp16",
          "--precision {}: expected fp32, bf16 or fp16", precision);
  require(precision != "fp16" || !device.is_cpu(),
          "--precision fp16: for GPUs only; on the CPU take fp32 or bf16");
  return precision == "fp32" ? at::kFloat : precision == "bf16" ? at::kBFloat16 : at::kHalf;
}

/// What suits the device: a GPU takes large batches, as its memory allows, and more of them a
/// second than one thread reads.
Reading reading_for(const ExtractOptions& options, at::Device device, int cores) {
  Reading reading;
  reading.size = options.size;
  if (!device.is_cpu()) {
    constexpr double kNumbers = 80;  // bytes of memory for a pixel of a picture on its way
    const double each = kNumbers * 3 * static_cast<double>(options.size * options.size);
    const double fit = 0.5 * static_cast<double>(nn::free_memory(device)) / each;
    reading.batch = std::clamp<std::int64_t>(static_cast<std::int64_t>(fit), 16, 512);
    reading.readers = to<std::size_t>(std::clamp(cores - 1, 1, 8));
    reading.pinned = true;
  }
  reading.batch = options.batch > 0 ? options.batch : reading.batch;
  return reading;
}

/// Numbers of the ranges without a shard of this key, as rank 0 sees the disk.
std::vector<std::int64_t> missing_ranges(const ExtractPlan& plan,
                                         comm::Communicator& communicator) {
  std::vector<std::int64_t> missing;
  if (communicator.rank() == 0) {
    for (std::size_t i = 0; i < plan.ranges.size(); ++i) {
      if (!store::shard_is_done(plan.ranges[i].path, plan.key)) {
        missing.push_back(signed_size(i));
      }
    }
  }
  return communicator.all_gather(std::span<const std::int64_t>(missing));
}

/// Features of one range; nothing when stopped on the way.
std::optional<store::FeatureShard> make_shard(const ExtractPlan& plan, const Range& range,
                                              nn::StepGraph& network, at::Device device,
                                              StopMark& mark,
                                              const std::function<void(std::int64_t)>& done) {
  store::FeatureShard shard{plan.key, {}, {}, represent::tap_width(plan.tap), {}};
  PictureBatches batches(plan.file, range.part, range.first, range.count, plan.reading);
  at::Tensor features;  // of the batch before, which a GPU works on while the next one goes there
  const auto keep = [&] {
    if (features.defined()) {
      const auto x = features.cpu().contiguous();
      shard.x.insert(shard.x.end(), x.const_data_ptr<float>(),
                     x.const_data_ptr<float>() + x.numel());
    }
    features = at::Tensor();
  };
  while (batches.more()) {
    mark.poll();
    if (stop_requested()) {
      return std::nullopt;
    }
    const Pictures pictures = batches.next();
    for (const std::string& why : pictures.undecoded) {
      require(!plan.options.strict, "{}: {}/{}", plan.options.data.string(), range.part, why);
      shard.undecoded.push_back(why);
    }
    if (!pictures.rows.empty()) {
      const auto started = network({nn::sent(pictures.pixels, device)}, pictures.pixels.size(0));
      keep();
      features = started;
      shard.rows.insert(shard.rows.end(), pictures.rows.begin(), pictures.rows.end());
    }
    done(std::min(plan.reading.batch, range.count));
  }
  keep();
  return shard;
}

/// This rank's part of the missing shards; its pictures a second, 0 when it had none.
double make_shards(const ExtractPlan& plan, const std::vector<std::int64_t>& missing,
                   comm::World& world, const nn::Compute& compute, StopMark& mark) {
  std::vector<Range> own;
  std::int64_t rows = 0;
  for (auto i = to<std::size_t>(world.rank()); i < missing.size();
       i += to<std::size_t>(world.size())) {
    own.push_back(plan.ranges[to<std::size_t>(missing[i])]);
    rows += own.back().count;
  }
  std::optional<log::Progress> progress;
  if (world.rank() == 0 && plan.options.progress && rows > 0) {
    progress.emplace(static_cast<double>(rows), "pictures of this rank");
  }
  const nn::OwnStream stream(compute.device);
  nn::StepGraph network(
      "extract",
      [&plan](const std::vector<at::Tensor>& pixels, std::int64_t) {
        return plan.network->features(plan.resize ? (*plan.resize)(pixels[0]) : pixels[0]);
      },
      nn::graphs_for(compute));
  std::int64_t finished = 0;
  const auto start = std::chrono::steady_clock::now();
  for (const Range& range : own) {
    const auto shard =
        make_shard(plan, range, network, compute.device, mark, [&](std::int64_t count) {
          finished = std::min(rows, finished + count);
          if (progress) {
            progress->update(static_cast<double>(finished));
          }
        });
    if (!shard) {
      break;
    }
    store::write_shard(range.path, *shard);
  }
  if (progress) {
    progress->finish();
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return finished == 0 ? 0 : static_cast<double>(finished) / seconds.count();
}

/// "0-2047,2050": ascending rows as ranges.
std::string ranges_text(const std::vector<std::int64_t>& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t last = i;
    while (last + 1 < rows.size() && rows[last + 1] == rows[last] + 1) {
      ++last;
    }
    text += fmt::format("{}{}{}", text.empty() ? "" : ",", rows[i],
                        last > i ? fmt::format("-{}", rows[last]) : "");
    i = last + 1;
  }
  return text;
}

/// All shards as one dataset file; gives the rows that were left out, which its manifest names too.
std::vector<std::string> join_shards(const ExtractPlan& plan) {
  std::vector<std::string> undecoded;
  std::map<std::string, std::vector<std::int64_t>> rows;
  for (const Range& range : plan.ranges) {
    const auto shard = store::read_shard(range.path);
    auto& of_part = rows[range.part];
    of_part.insert(of_part.end(), shard.rows.begin(), shard.rows.end());
    for (const std::string& why : shard.undecoded) {
      undecoded.push_back(range.part + "/" + why);
    }
  }
  std::map<std::string, std::string> ranges;
  for (const auto& [part, numbers] : rows) {
    ranges[part] = ranges_text(numbers);
  }
  store::DatasetInfo info = plan.file.info();
  info.name = plan.options.name.empty() ? fmt::format("{}-resnet18-{}", info.name, plan.options.tap)
                                        : plan.options.name;
  info.sources = {{plan.options.data.filename().string(), plan.manifest.dataset_sha256},
                  {plan.weights.name, plan.weights.sha256}};
  info.manifest = to_json(plan.manifest, undecoded, ranges);
  store::DatasetWriter writer(plan.options.out, info);
  for (const Range& range : plan.ranges) {
    const auto shard = store::read_shard(range.path);
    const auto& labels = plan.file.labels(range.part);
    const auto& names = plan.file.names(range.part);
    std::vector<std::int32_t> y;
    std::vector<std::string> kept_names;
    for (const std::int64_t row : shard.rows) {
      y.push_back(labels.at(to<std::size_t>(row)));
      if (!names.empty()) {
        kept_names.push_back(names.at(to<std::size_t>(row)));
      }
    }
    writer.append_rows(range.part, shard.x, shard.columns, y, kept_names);
  }
  writer.commit();
  return undecoded;
}

/// What rank 0 says at the end.
void report_end(const ExtractPlan& plan, const std::vector<std::string>& left_out, double rate) {
  for (const std::string& why : left_out) {
    log::warn("left out: {}", why);
  }
  log::info("{}: {} numbers a row, {} rows left out{}; next: cance inspect {}",
            plan.options.out.string(), represent::tap_width(plan.tap), left_out.size(),
            rate > 0 ? fmt::format(", {:.2f} pictures/s", rate) : "", plan.options.out.string());
}

}  // namespace

void judge_extract(const ExtractOptions& options) {
  require_device_word(options.device);
  // By the options alone: a GPU may be that of another machine.
  (void)type_of(options.precision, options.device == "cpu" ? at::kCPU : at::kCUDA);
  ExtractPlan(options, reading_for(options, at::kCPU, 1), nn::Compute()).require_own_output();
}

void extract(const ExtractOptions& options, comm::World& world) {
  comm::Communicator& all = world.communicator();
  ComputeSetup setup =
      set_up_compute({.device = options.device, .ranks_per_gpu = options.ranks_per_gpu}, world);
  std::optional<ExtractPlan> plan;
  comm::run_together(all, [&] {
    setup.compute.type = type_of(options.precision, setup.compute.device);
    const int cores = usable_cores() / world.local_size();
    plan.emplace(options, reading_for(options, setup.compute.device, cores), setup.compute);
    if (world.rank() == 0) {
      plan->require_own_output();
    }
  });
  comm::require_agreement(all, plan->key, "weights, data or options");
  const std::filesystem::path shards = options.out.string() + ".shards";
  StopMark mark(stop_mark_path(options.stop_mark, shards, all));
  comm::run_together(all, [&] {
    if (world.rank() == 0) {
      mark.clear();
    }
  });
  const auto missing = missing_ranges(*plan, all);
  if (world.rank() == 0) {
    log::info("device {}, {}; {} of {} shards to do on {}", setup.compute.device_name,
              options.precision, missing.size(), plan->ranges.size(), plural(world.size(), "rank"));
  }
  all.barrier();
  double rate = 0;
  comm::run_together(all, [&] { rate = make_shards(*plan, missing, world, setup.compute, mark); });
  all.all_reduce(std::span(&rate, 1), comm::Op::sum);
  std::int64_t stopped = stop_requested() ? 1 : 0;
  all.all_reduce(std::span(&stopped, 1), comm::Op::max);
  if (world.rank() == 0) {
    if (options.stop_mark.empty()) {  // no rank asks any more
      mark.clear();
    }
    clear_old_marks(shards);
  }
  const auto left = missing_ranges(*plan, all);
  if (stopped != 0 && !left.empty()) {
    throw comm::SharedError(fmt::format("stopped on request with {} of {} shards left; the same "
                                        "command goes on",
                                        left.size(), plan->ranges.size()),
                            ExitCode::stopped);
  }
  comm::run_together(all, [&] {
    if (world.rank() == 0) {
      require(left.empty(), "{}: {} shards are missing; start the same command again",
              options.out.string(), left.size());
      report_end(*plan, join_shards(*plan), rate);
    }
  });
}

}  // namespace cance::pipeline
