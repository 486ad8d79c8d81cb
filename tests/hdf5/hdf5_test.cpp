// The HDF5 layer alone: round trips, the seal, and the message of each way a file can be wrong.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <limits>
#include <thread>

#include "base/atomic_file.hpp"
#include "base/random.hpp"
#include "hdf5/group.hpp"
#include "tests/support/folder_test.hpp"

namespace cance {
namespace {

using hdf5::Group;
using tests::message_of;

class Hdf5 : public tests::FolderTest {};

TEST_F(Hdf5, ArraysOfEveryTypeComeBack) {
  const auto path = folder_ / "a.h5";
  const std::vector<float> floats = {1.5F, -2, std::numeric_limits<float>::infinity(), 4, 5, 6};
  const std::vector<double> doubles(100'000, 0.1);
  const std::vector<std::int64_t> big = {std::numeric_limits<std::int64_t>::min(), 7};
  {
    const Group root = hdf5::create_file(path);
    root.write<float>("floats", floats, {1, 2, 3});
    root.write("doubles", doubles);
    root.write("bytes", std::vector<std::uint8_t>{0, 255});
    root.write("ints", std::vector<std::int32_t>{-5});
    root.write("big", big);
    root.write("empty", std::vector<double>{});
    root.write<double>("scalar", std::vector<double>{2.5}, {});
    root.write_strings("texts", {"a", "", "größe"});
    root.write_strings("no_texts", {});
    hdf5::flush(root);
  }
  const Group root = hdf5::open_file(path);
  EXPECT_EQ(root.read<float>("floats").values, floats);
  EXPECT_EQ(root.shape("floats"), (Shape{1, 2, 3}));
  EXPECT_EQ(root.read<double>("doubles").values, doubles);
  EXPECT_EQ(root.read<std::uint8_t>("bytes").values, (std::vector<std::uint8_t>{0, 255}));
  EXPECT_EQ(root.read<std::int32_t>("ints").values, std::vector<std::int32_t>{-5});
  EXPECT_EQ(root.read<std::int64_t>("big").values, big);
  EXPECT_TRUE(root.read<double>("empty").values.empty());
  EXPECT_EQ(root.read<double>("scalar").values, std::vector<double>{2.5});
  EXPECT_EQ(root.read_strings("texts"), (std::vector<std::string>{"a", "", "größe"}));
  EXPECT_TRUE(root.read_strings("no_texts").empty());
}

// A file that is opened for the first time is walked by a child process, in which no call of
// another thread may be under way; groups come and go meanwhile.
TEST_F(Hdf5, FilesAreOpenedWhileOtherThreadsRead) {
  const auto path = folder_ / "a.h5";
  {
    const Group root = hdf5::create_file(path);
    root.create_group("b").write("ints", std::vector<std::int32_t>{1, 2});
    hdf5::flush(root);
  }
  const Group read = hdf5::open_file(path);
  std::atomic<int> reads = 0;
  std::jthread other([&](const std::stop_token& end) {
    for (; !end.stop_requested(); ++reads) {
      EXPECT_EQ(read.group("b").type_name("ints"), "int32");
    }
  });
  for (int i = 0; i < 40; ++i) {
    const auto copy = folder_ / fmt::format("{}.h5", i);
    std::filesystem::copy_file(path, copy);
    EXPECT_TRUE(hdf5::open_file(copy).has("b"));
  }
  EXPECT_GT(reads, 0);
}

TEST_F(Hdf5, AttributesAndGroupsComeBack) {
  const auto path = folder_ / "a.h5";
  {
    const Group root = hdf5::create_file(path);
    const Group deep = root.create_group("b/c/d");
    deep.set("text", "value");
    deep.set("text", "replaced");
    deep.set("long", std::string(100'000, 'x'));
    deep.set("number", 0.1);
    deep.set("whole", std::int64_t{-3});
    deep.set("yes", true);
    deep.set("list", std::vector<std::string>{"p", "q"});
    deep.set("nothing", std::vector<std::string>{});
    root.create_group("a").write("x", std::vector<double>{1});
    root.set_on("a/x", "columns", {"only"});
  }
  const Group root = hdf5::open_file(path);
  const Group deep = root.group("b/c/d");
  EXPECT_EQ(deep.text("text"), "replaced");
  EXPECT_EQ(deep.text("long").size(), 100'000U);
  EXPECT_EQ(deep.number("number"), 0.1);
  EXPECT_EQ(deep.integer("whole"), -3);
  EXPECT_TRUE(deep.boolean("yes"));
  EXPECT_EQ(deep.texts("list"), (std::vector<std::string>{"p", "q"}));
  EXPECT_TRUE(deep.texts("nothing").empty());
  EXPECT_EQ(root.children(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(root.texts_on("a/x", "columns"), std::vector<std::string>{"only"});
  EXPECT_TRUE(root.is_group("a"));
  EXPECT_FALSE(root.is_group("a/x"));
  EXPECT_FALSE(root.has("b/none/d"));
  EXPECT_FALSE(deep.has_attribute("none"));
}

TEST_F(Hdf5, RowsGrowAndAreReadInParts) {
  const auto path = folder_ / "a.h5";
  std::vector<float> all(1000 * 300);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = static_cast<float>(i);
  }
  {
    const Group root = hdf5::create_file(path);
    root.create_rows<float>("x", {20, 15});
    root.append_rows<float>("x", std::span(all).first(300 * 7));
    root.append_rows<float>("x", std::span(all).subspan(300 * 7));
    EXPECT_NE(message_of([&] {
                root.append_rows<float>("x", std::span(all).first(299));
              }).find("no whole rows of 300"),
              std::string::npos);
  }
  const Group root = hdf5::open_file(path);
  EXPECT_EQ(root.shape("x"), (Shape{1000, 20, 15}));
  std::vector<float> part(300 * 3);
  root.read_rows<float>("x", 6, 3, part);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin() + 300 * 6));
  EXPECT_NE(message_of([&] {
              root.read_rows<float>("x", 998, 3, part);
            }).find("rows 998 to 1001 of 1000"),
            std::string::npos);
}

TEST_F(Hdf5, WrongUseIsNamed) {
  const auto path = folder_ / "a.h5";
  {
    const Group root = hdf5::create_file(path);
    root.write("whole", std::vector<std::int64_t>{300, -1});
    root.write("number", std::vector<double>{1.5});
    root.write_strings("text", {"x"});
    root.set("name", "x");
    EXPECT_NE(message_of([&] {
                root.write<double>("bad", std::vector<double>{1, 2}, {3});
              }).find("2 values"),
              std::string::npos);
    EXPECT_NE(message_of([&] { root.set("zero", std::string("a\0b", 3)); }).find("zero byte"),
              std::string::npos);
  }
  const Group root = hdf5::open_file(path);
  EXPECT_NE(message_of([&] { (void)root.read<std::uint8_t>("whole"); }).find("element 0 is 300"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)root.read<std::int64_t>("number"); }).find("no whole numbers"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)root.read<double>("text"); }).find("no numbers"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)root.read_strings("number"); }).find("not a text"),
            std::string::npos);
  EXPECT_NE(
      message_of([&] { (void)root.read<double>("gone"); }).find("/gone: the array is missing"),
      std::string::npos);
  EXPECT_NE(
      message_of([&] { (void)root.read<double>("whole", 1); }).find("2 elements, more than the 1"),
      std::string::npos);
  EXPECT_NE(message_of([&] {
              (void)root.read_shaped<double>("number", {2});
            }).find("is (1), expected (2)"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)root.text("gone"); }).find("@gone: the attribute is missing"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)root.boolean("name"); }).find("not a boolean"),
            std::string::npos);
}

TEST_F(Hdf5, SameContentGivesTheSameBytes) {
  for (const char* name : {"a.h5", "b.h5"}) {
    const Group root = hdf5::create_file(folder_ / name);
    root.write("x", std::vector<double>(5000, 0.25));
    root.create_group("g").set("text", "t");
    root.write_strings("names", {"one", "two"});
  }
  EXPECT_EQ(read_text_file(folder_ / "a.h5"), read_text_file(folder_ / "b.h5"));
}

TEST_F(Hdf5, OtherFilesAreNamedForWhatTheyAre) {
  const std::vector<std::pair<std::string, std::string>> looks = {
      {"", "empty"},
      {"PK\x03\x04zip", ".npz"},
      {"\x93NUMPY\x01", ".npy"},
      {"a,b,c\n1,2,3\n", "a text file"},
      {"\x1f\x8b\x08", "gzip"},
      {std::string("\x07\x01\x02\x00", 4), "unknown binary"}};
  for (const auto& [content, look] : looks) {
    write_text_file(folder_ / "x", content);
    const std::string message = message_of([&] { (void)hdf5::open_file(folder_ / "x"); });
    EXPECT_NE(message.find("not an HDF5 file"), std::string::npos) << message;
    EXPECT_NE(message.find(look), std::string::npos) << message;
  }
  EXPECT_NE(message_of([&] { (void)hdf5::open_file(folder_ / "gone.h5"); }).find("not found"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)hdf5::open_file(folder_); }).find("not a file"),
            std::string::npos);
}

TEST_F(Hdf5, ADamagedChunkNamesItsArray) {
  const auto path = folder_ / "a.h5";
  std::vector<double> noise(4000);
  Random(1, Purpose::test).fill_normal(std::span<double>(noise));
  {
    const Group root = hdf5::create_file(path);
    root.write("noise", noise);
  }
  std::string bytes = read_text_file(path);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
  write_text_file(path, bytes);
  const Group root = hdf5::open_file(path);
  ::testing::internal::CaptureStderr();
  const auto expect_message = [&] {
    const std::string message = message_of([&] { (void)root.read<double>("noise"); });
    EXPECT_NE(message.find(":/noise: damaged chunk"), std::string::npos) << message;
  };
  expect_message();
  std::thread(expect_message).join();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");  // HDF5 itself prints in no thread
}

// HDF5 1.10 reads out of bounds in both cases when it is let at them.
TEST_F(Hdf5, ADamagedTextHeapOrReferenceIsRefused) {
  const auto path = folder_ / "a.h5";
  {
    const Group root = hdf5::create_file(path);
    root.write_strings("texts", {"alpha", "beta"});
  }
  const std::string bytes = read_text_file(path);
  const std::size_t heap = bytes.find("GCOL");
  ASSERT_NE(heap, std::string::npos);
  std::string grown = bytes;
  grown[heap + 16 + 8 + 2] = 1;  // size of the first text grows by 65536
  write_text_file(path, grown);
  const auto texts = [&] { (void)hdf5::open_file(path).read_strings("texts"); };
  EXPECT_NE(message_of(texts).find("of a text heap does not fit"), std::string::npos);
  grown[heap + 5] = 1;  // a reserved byte, that HDF5 does not look at
  write_text_file(path, grown);
  EXPECT_NE(message_of(texts).find("refers to no text heap"), std::string::npos);
  // The reference to "beta": length 4, eight bytes of address, number 1 (the last text is stored
  // first).
  const std::string_view length("\x04\0\0\0", 4);
  const std::string_view number("\x01\0\0\0", 4);
  std::size_t reference = bytes.find(length);
  while (reference != std::string::npos && bytes.compare(reference + 12, 4, number) != 0) {
    reference = bytes.find(length, reference + 1);
  }
  ASSERT_NE(reference, std::string::npos);
  std::string astray = bytes;
  astray[reference + 14] = 1;  // number in the heap: 1 + 65536
  write_text_file(path, astray);
  const Group root = hdf5::open_file(path);
  EXPECT_NE(message_of([&] { (void)root.read_strings("texts"); }).find("text 1 refers to nothing"),
            std::string::npos);
}

TEST_F(Hdf5, CopiesBringAnotherFileInAndLinksAreNotFollowed) {
  {
    const Group root = hdf5::create_file(folder_ / "part.h5");
    root.write("x", std::vector<double>{3});
    root.set("name", "part");
  }
  {
    const Group whole = hdf5::create_file(folder_ / "whole.h5");
    hdf5::open_file(folder_ / "part.h5").copy_to(whole, "runs/one");
    whole.link_file("runs/two", "part.h5");
  }
  const Group whole = hdf5::open_file(folder_ / "whole.h5");
  EXPECT_EQ(whole.group("runs/one").read<double>("x").values, std::vector<double>{3});
  EXPECT_EQ(whole.group("runs/one").text("name"), "part");
  const std::string message = message_of([&] { (void)whole.group("runs/two"); });
  EXPECT_NE(message.find("/runs/two: a link to another place or file"), std::string::npos)
      << message;
}

// A copy that took over where its original keeps its values would write them there.
TEST_F(Hdf5, ValuesOfOtherFilesAreNeitherReadNorWritten) {
  const auto path = folder_ / "a.h5";
  write_text_file(folder_ / "victim.txt", "precious, and all of it");
  {
    const Group root = hdf5::create_file(path);
    (void)root.create_group("outside");
    (void)root.create_group("view");
    (void)root.create_group("own");
    root.group("own").write("x", std::vector<double>{1, 2});
  }
  {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const hsize_t size = 2;
    const hid_t space = H5Screate_simple(1, &size, nullptr);
    const hid_t outside = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(outside, (folder_ / "victim.txt").c_str(), 0, 16);
    H5Dclose(
        H5Dcreate2(file, "outside/x", H5T_IEEE_F64LE, space, H5P_DEFAULT, outside, H5P_DEFAULT));
    const hid_t view = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_virtual(view, space, path.c_str(), "own/x", space);
    H5Dclose(H5Dcreate2(file, "view/x", H5T_IEEE_F64LE, space, H5P_DEFAULT, view, H5P_DEFAULT));
    H5Fclose(file);
  }
  const Group root = hdf5::open_file(path);
  const Group copies = hdf5::create_file(folder_ / "copies.h5");
  for (const std::string name : {"outside", "view"}) {
    const Group group = root.group(name);
    for (const std::string& message : {message_of([&] { (void)group.read<double>("x"); }),
                                       message_of([&] { (void)group.kind("x"); }),
                                       message_of([&] { group.copy_to(copies, name); })}) {
      EXPECT_NE(message.find("/x: the array is kept in another file"), std::string::npos)
          << message;
    }
  }
  root.group("own").copy_to(copies, "own");
  EXPECT_EQ(read_text_file(folder_ / "victim.txt"), "precious, and all of it");
  EXPECT_EQ(root.group("own").read<double>("x").values, (std::vector<double>{1, 2}));
}

TEST_F(Hdf5, GroupsInCirclesAndZerosWithoutEndAreRefused) {
  const auto path = folder_ / "a.h5";
  {
    const Group root = hdf5::create_file(path);
    (void)root.create_group("below");
    root.write("zeros", std::vector<std::uint8_t>(
                            std::size_t{9} << 20U));  // 72 MiB as float64, and 56 bytes of few
    root.write("few", std::vector<std::uint8_t>(7));
  }
  const Group root = hdf5::open_file(path);
  EXPECT_NO_THROW(root.require_tree());
  EXPECT_EQ(root.read<double>("few").values.size(), 7U);
  const std::string zeros = message_of([&] { (void)root.read<double>("zeros"); });
  EXPECT_NE(zeros.find("75497528 bytes out of a file of"), std::string::npos) << zeros;
  const auto circle = folder_ / "b.h5";
  std::filesystem::copy_file(path, circle);
  {
    const hid_t file = H5Fopen(circle.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    H5Lcreate_hard(file, "/", file, "below/again", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
  }
  EXPECT_NE(message_of([&] { hdf5::open_file(circle).require_tree(); }).find("has two names"),
            std::string::npos);
}

/// A file whose array `a` of a million numbers has one chunk of these stored bytes.
void write_stored_chunk(const std::filesystem::path& path, std::uint32_t skipped_filters,
                        const std::vector<unsigned char>& stored) {
  constexpr hsize_t kNumbers = 2'000'000;
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(creation, 1, &kNumbers);
  H5Pset_shuffle(creation);
  H5Pset_deflate(creation, 4);
  H5Pset_fletcher32(creation);
  const hid_t space = H5Screate_simple(1, &kNumbers, nullptr);
  const hid_t array =
      H5Dcreate2(file, "a", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  const hsize_t first = 0;
  ASSERT_GE(
      H5Dwrite_chunk(array, H5P_DEFAULT, skipped_filters, &first, stored.size(), stored.data()), 0);
  H5Dclose(array);
  H5Sclose(space);
  H5Pclose(creation);
  H5Fclose(file);
  H5Pclose(access);
}

// HDF5 1.10 takes the sizes of chunks for right and reads beyond its buffers.
TEST_F(Hdf5, ChunksThatUnpackToFewerBytesAreRefused) {
  const auto path = folder_ / "a.h5";
  const auto refused = [&](std::uint32_t skipped, const std::vector<unsigned char>& stored) {
    std::filesystem::remove(path);
    write_stored_chunk(path, skipped, stored);
    return message_of([&] { static_cast<void>(hdf5::open_file(path).read<float>("a")); });
  };
  EXPECT_NE(refused(7, {1, 2, 3}).find("unpacks to 3 bytes, expected 8000000"), std::string::npos);
  EXPECT_NE(refused(3, {1, 2}).find("unpacks to 0 bytes"),
            std::string::npos);  // less than a checksum
  const std::vector<unsigned char> ten_zeros{0x78, 0x9C, 0x63, 0x60, 0x80, 0x01, 0x00, 0x00,
                                             0x0A, 0x00, 0x01, 9,    9,    9,    9};
  EXPECT_NE(refused(0, ten_zeros).find("unpacks to 10 bytes"), std::string::npos);
  EXPECT_NE(refused(0, {9, 9, 9, 9, 9, 9, 9, 9}).find("a"),
            std::string::npos);  // by HDF5, in its words
}

TEST_F(Hdf5, LibraryVersionHasThreeParts) {
  const std::string version = hdf5::library_version();
  EXPECT_EQ(std::count(version.begin(), version.end(), '.'), 2) << version;
}

}  // namespace
}  // namespace cance
