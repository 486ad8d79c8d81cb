// A graph that remembers a function stands in for the GPU's.
#pragma once

#include <functional>
#include <memory>

#include "nn/step_graph.hpp"

namespace cance::tests {

/// What is recorded between begin and end.
struct Recorder {
  bool recording = false;
  int records = 0, replays = 0, abandoned = 0;
  std::function<void()> recorded;
};

class RecordingGraph final : public nn::DeviceGraph {
 public:
  explicit RecordingGraph(Recorder& recorder) : recorder_(recorder) {}
  void begin() override {
    recorder_.recording = true;
    ++recorder_.records;
  }
  void end() override {
    recorder_.recording = false;
    recorded_ = recorder_.recorded;
  }
  void abandon() noexcept override {
    recorder_.recording = false;
    ++recorder_.abandoned;
  }
  void replay() override {
    ++recorder_.replays;
    recorded_();
  }

 private:
  Recorder& recorder_;
  std::function<void()> recorded_;
};

inline nn::GraphMaker graphs_of(Recorder& recorder) {
  return [&recorder] { return std::make_unique<RecordingGraph>(recorder); };
}

}  // namespace cance::tests
