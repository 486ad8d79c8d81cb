// The choice of device and transport: what is asked for and not there is an error that says why.
#include "nn/device.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/log.hpp"
#include "nn/device_graph.hpp"
#include "nn/team.hpp"
#include "nn/warm_up.hpp"
#include "tests/support/files.hpp"

namespace cance::nn {
namespace {

using tests::message_of;

TEST(Device, WithoutADriver) {
  const GpuDriver none;
  EXPECT_TRUE(choose_device("cpu", none, 3).is_cpu());
  EXPECT_TRUE(choose_device("auto", none, 3).is_cpu());
  EXPECT_EQ(device_name(at::kCPU, none), "cpu");
  EXPECT_EQ(message_of([&] { (void)choose_device("cuda", none, 0); }),
            "--device cuda: no driver (libcuda.so.1); 'cance doctor' says more");
  EXPECT_EQ(message_of([&] { (void)choose_device("gpu", none, 0); }),
            "--device gpu: expected auto, cpu or cuda");
}

TEST(Device, ADriverWithoutADevice) {
  GpuDriver driver;
  driver.present = true;
  driver.status = 100;
  log::configure(log::Level::quiet);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(choose_device("auto", driver, 0).is_cpu());
  EXPECT_TRUE(choose_device("auto", driver, 1).is_cpu()) << "one rank of a machine says why";
  const std::string said = testing::internal::GetCapturedStderr();
  const std::string why =
      "--device auto computes on the CPU: driver without a usable device (cuInit 100)";
  EXPECT_NE(said.find(why), std::string::npos) << said;
  EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
  EXPECT_NE(message_of([&] { (void)choose_device("cuda", driver, 0); }).find("cuInit 100"),
            std::string::npos);
}

TEST(Device, LanesNeedStreamsOfTheirOwn) {
  const at::Device gpu(at::kCUDA, 0);
  require_streams(at::kCPU, 256);
  require_streams(gpu, 32);
  EXPECT_EQ(message_of([&] { require_streams(gpu, 33); }),
            "--lanes 33: a GPU has streams for 32 lanes of a rank; use --lanes 32");
}

TEST(Device, TheCudaLibraryLiesBesideTheProgramsOrInTheBundle) {
  namespace fs = std::filesystem;
  const auto found = [](const fs::path& folder, const fs::path& library) {
    return std::ranges::any_of(cuda_library_places(folder), [&](const fs::path& place) {
      return place.lexically_normal() == library;
    });
  };
  EXPECT_TRUE(found("/build/bin", "/build/bin/libcance-cuda.so"));
  EXPECT_TRUE(found("/build/tests", "/build/bin/libcance-cuda.so")) << "programs of tests";
  EXPECT_TRUE(found("/bundle/libexec", "/bundle/lib/libcance-cuda.so"));
  if (const fs::path built = fs::path(CANCE_BINARY_DIR) / "bin/libcance-cuda.so";
      fs::exists(built)) {
    const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
    EXPECT_TRUE(found(here, built.lexically_normal())) << "of this program";
  }
}

TEST(Device, LibrariesAreUsedOnceBeforeTheFirstGraph) {
  warm_libraries(at::kCPU);  // each operator takes its arguments; a GPU's are the same
}

TEST(TransportChoice, NcclWhereItCanBe) {
  const at::Device gpu(at::kCUDA, 0);
  EXPECT_EQ(choose_transport("auto", at::kCPU, false, ""), Transport::host);
  EXPECT_EQ(choose_transport("staged", at::kCPU, false, ""), Transport::staged);
  EXPECT_EQ(choose_transport("auto", gpu, false, ""), Transport::nccl);
  EXPECT_EQ(choose_transport("nccl", gpu, false, ""), Transport::nccl);
  EXPECT_EQ(choose_transport("auto", gpu, true, ""), Transport::staged);
  EXPECT_EQ(choose_transport("auto", gpu, false, "absent"), Transport::staged);
  EXPECT_EQ(choose_transport("staged", gpu, false, ""), Transport::staged);
}

TEST(TransportChoice, NcclAskedForAndNotThere) {
  const at::Device gpu(at::kCUDA, 0);
  const auto message = [](at::Device device, bool share, const std::string& why) {
    return message_of([&] { (void)choose_transport("nccl", device, share, why); });
  };
  EXPECT_NE(message(at::kCPU, false, "").find("the ranks compute on the CPU"), std::string::npos);
  EXPECT_NE(message(gpu, true, "").find("share a GPU"), std::string::npos);
  EXPECT_NE(message(gpu, false, "libnccl.so.2 is gone").find("libnccl.so.2 is gone"),
            std::string::npos);
  EXPECT_EQ(message_of([&] { (void)choose_transport("mpi", gpu, false, ""); }),
            "--transport mpi: expected auto, nccl or staged");
}

}  // namespace
}  // namespace cance::nn
