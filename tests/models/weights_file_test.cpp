// Weight files: what safetensors and torch.save write comes back, and what does not fit is refused
// by name.
#include "models/weights_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/files.hpp"
#include "tests/support/weight_files.hpp"

namespace cance::models {
namespace {

using tests::message_of;
using tests::PickleText;
using Floats = std::vector<float>;

WeightMap read_torch(const PickleText& pickle) {
  return parse_torch_file(tests::view(tests::torch_file(pickle.bytes())), "w.pth");
}

WeightMap read_safetensors(const std::string& header, const Floats& values = {1, 2, 3, 4, 5, 6}) {
  return parse_safetensors(tests::view(tests::safetensors_bytes(header, values)), "w.safetensors");
}

/// The message about the one tensor of a header.
std::string fault(const std::string& entry) {
  return message_of([&] { read_safetensors("{\"a\":" + entry + "}"); });
}

TEST(Safetensors, TensorsComeBack) {
  const auto weights = read_safetensors(R"({"__metadata__":{"by":"me"},
      "a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},
      "b":{"dtype":"F32","shape":[],"data_offsets":[20,24]}})");
  ASSERT_EQ(weights.size(), 2U);
  EXPECT_EQ(weights.at("a").shape, (Shape{2, 2}));
  EXPECT_EQ(weights.at("a").values, (Floats{1, 2, 3, 4}));
  EXPECT_EQ(weights.at("b").values, (Floats{6}));
}

TEST(Safetensors, WhatIsWrittenComesBackWhateverTheLengthOfItsHeader) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("w{}.st", ::getpid());
  for (std::size_t length = 0; length < 256; length += 8) {  // a header of 128 bytes among them
    write_safetensors(path, {{"a", {{2}, {0.5, 2}}}, {"b", {{}, {0.1}}}},
                      {{"note", std::string(length, 'x')}});
    const WeightMap weights = read_weights(path);
    EXPECT_EQ(weights.at("a").values, (Floats{0.5, 2}));
    EXPECT_EQ(weights.at("b").values, (Floats{0.1F}));
  }
  std::filesystem::remove(path);
}

TEST(Safetensors, HalfPrecisionIsExact) {
  // 0x3C00 is 1 and 0xC000 is -2 of float16, 0x0001 its least number, 0x7C00 its infinity.
  const std::string halves("\x00\x3C\x00\xC0\x01\x00\x00\x7C", 8);
  Floats two(2);
  std::memcpy(two.data(), halves.data(), halves.size());
  const auto weights =
      read_safetensors(R"({"h":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}})", two);
  EXPECT_EQ(weights.at("h").values, (Floats{1, -2, 0x1p-24F, INFINITY}));
  const auto same =
      read_safetensors(R"({"h":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}})", two);
  EXPECT_EQ(same.at("h").values[1], -2);  // 0xC000 of bfloat16
}

TEST(Safetensors, RefusesWhatDoesNotFit) {
  EXPECT_NE(fault(R"({"dtype":"F32","shape":[3],"data_offsets":[0,16]})").find("16 bytes do not"),
            std::string::npos);
  EXPECT_NE(fault(R"({"dtype":"F32","shape":[9],"data_offsets":[0,36]})").find("data_offsets"),
            std::string::npos);
  EXPECT_NE(fault(R"({"dtype":"Q4","shape":[3],"data_offsets":[0,12]})").find("type Q4"),
            std::string::npos);
  EXPECT_NE(fault(R"({"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]})")
                .find("no size in this file"),
            std::string::npos);
  const std::string whole = R"({"dtype":"F32","shape":[6],"data_offsets":[0,24]})";
  EXPECT_NE(fault(whole + ",\"b\":" + whole).find("tensors share bytes"), std::string::npos);
}

TEST(TorchFile, TensorsComeBack) {
  const auto weights = read_torch(tests::small_state());
  ASSERT_EQ(weights.size(), 2U);
  EXPECT_EQ(weights.at("a").shape, (Shape{2, 3}));
  EXPECT_EQ(weights.at("a").values, (Floats{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(weights.at("b").values, (Floats{6, 7}));
}

TEST(TorchFile, TensorsOfDictionariesInTheDictionaryComeBack) {
  PickleText text;  // {"epoch": 3, "state_dict": {"module.a": (2)}, "best": (1)}
  text.op("}(").text("epoch").number(3).text("state_dict").op("}");
  text.text("module.a").tensor("0", 8, {2}, {1}, 6).op("s");
  text.text("best").tensor("0", 8, {1}, {1}, 4).op("u.");
  const auto weights = read_torch(text);
  ASSERT_EQ(weights.size(), 2U);
  EXPECT_EQ(weights.at("state_dict.module.a").values, (Floats{6, 7}));
  EXPECT_EQ(weights.at("best").values, (Floats{4}));
  PickleText twice;  // each dictionary holds the one before it twice: 2^20 tensors
  twice.op("}").text("a").tensor("0", 8, {1}, {1}).op("s");
  for (int i = 0; i < 20; ++i) {
    twice.op("q").op({"\0", 1}).op("}(").text("l").op("h").op({"\0", 1});
    twice.text("r").op("h").op({"\0", 1}).op("u");
  }
  EXPECT_NE(message_of([&] { read_torch(twice.op(".")); }).find("more tensors"), std::string::npos);
}

// A shape or a name in the memo can be taken a hundred thousand times by a few bytes each.
TEST(TorchFile, LongShapesAndNamesAreRefused) {
  PickleText dimensions;
  dimensions.op("}").text("a").tensor("0", 8, std::vector<unsigned>(65, 1), {1}).op("s.");
  EXPECT_NE(message_of([&] { read_torch(dimensions); }).find("over 64 dimensions"),
            std::string::npos);
  PickleText names;
  names.op("}").text("a").tensor("0", 8, {1}, {1}).op("s");
  for (int i = 0; i < 50; ++i) {
    names.op("q").op({"\0", 1}).op("}").text(std::string(100, 'n')).op("h").op({"\0", 1}).op("s");
  }
  EXPECT_NE(message_of([&] { read_torch(names.op(".")); }).find("a name of over 4096 bytes"),
            std::string::npos);
}

TEST(Weights, WhatWrapsTheNamesIsTakenOff) {
  const auto names = [](const std::vector<std::string>& keys) {
    WeightMap weights;
    for (const std::string& key : keys) {
      weights[key] = {{1}, {1}};
    }
    std::vector<std::string> bare;
    for (const auto& [key, array] : unwrapped(weights, {"c.w", "l.c.w"}, "w.pth")) {
      bare.push_back(key);
    }
    return bare;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names({"c.w", "l.c.w"}), (Names{"c.w", "l.c.w"}));
  EXPECT_EQ(names({"module.c.w", "module.l.c.w", "best"}), (Names{"c.w", "l.c.w"}));
  EXPECT_EQ(names({"s.module.c.w", "s.module.l.c.w", "optimizer.c.w"}), (Names{"c.w", "l.c.w"}));
  EXPECT_EQ(names({"c.w", "l.c.w", "ema.c.w", "ema.l.c.w"}).size(), 4U);
  EXPECT_EQ(names({"xc.w", "l.c.w"}), (Names{"l.c.w", "xc.w"})) << "nothing wraps these";
  EXPECT_EQ(
      message_of([&] {
        names({"k.c.w", "k.l.c.w", "q.c.w", "q.l.c.w"});
      }),
      "w.pth: holds 2 networks, under k., q.; save the state dictionary of one of them alone");
}

TEST(TorchFile, ExecutesNothing) {
  PickleText evil;
  evil.name("posix", "system").op("(").text("true").op("tR.");
  EXPECT_NE(message_of([&] { read_torch(evil); }).find("'posix system', which is not run"),
            std::string::npos);
}

TEST(TorchFile, RefusesWhatDoesNotFit) {
  const auto fault_of = [](unsigned offset, const std::vector<unsigned>& shape,
                           const std::vector<unsigned>& strides) {
    PickleText text;
    text.op("}").text("a").tensor("0", 8, shape, strides, offset).op("s.");
    return message_of([&] { read_torch(text); });
  };
  EXPECT_EQ(fault_of(2, {2, 3}, {3, 1}), "no error");
  EXPECT_NE(fault_of(3, {2, 3}, {3, 1}).find("tensor 'a': damaged"), std::string::npos);
  EXPECT_NE(fault_of(0, {2, 3}, {1, 2}).find("do not lie in a row"), std::string::npos);
  EXPECT_NE(fault_of(0, {2, 3}, {1}).find("2 sizes, but 1 strides"), std::string::npos);
  PickleText list;
  list.op("].");
  EXPECT_NE(message_of([&] { read_torch(list); }).find("no dictionary of tensors"),
            std::string::npos);
}

}  // namespace
}  // namespace cance::models
