// The choice of device and transport: what is asked for and not there is an error that says why.
#include "nn/device.hpp"

#include <gtest/gtest.h>

#include "nn/team.hpp"
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
  EXPECT_TRUE(choose_device("auto", driver, 0).is_cpu());
  EXPECT_NE(message_of([&] { (void)choose_device("cuda", driver, 0); }).find("cuInit 100"),
            std::string::npos);
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
