// What an extraction of features is asked to do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace cance::pipeline {

struct ExtractOptions {
  std::filesystem::path data, out;
  std::string stop_mark;           ///< a file that the user named; empty: one of this launch only
  std::string weights;             ///< a file, or "random:SEED"
  std::string tap = "avgpool";     ///< avgpool | layer1 .. layer4
  std::string name;                ///< of the new dataset; empty: DATA-resnet18-TAP
  std::string device = "auto";     ///< auto | cpu | cuda
  std::string precision = "fp32";  ///< fp32 | bf16 | fp16
  int ranks_per_gpu = 1;           ///< more are refused
  std::int64_t batch = 0;          ///< pictures at a time; 0: as the device likes it
  std::int64_t size = 224;         ///< pixels a side that the network sees
  std::int64_t shard_rows = 2048;  ///< rows of a shard, whatever the number of ranks
  bool strict = false;             ///< a picture that cannot be decoded is an error
  bool progress = true;            ///< shown by rank 0
};

}  // namespace cance::pipeline
