// In place of nccl.cpp where CANCE_CUDA is OFF.
#include "comm/device_sum.hpp"

namespace cance::comm {

std::string why_no_nccl() { return "this program was built with CANCE_CUDA=OFF"; }

std::unique_ptr<DeviceSum> make_nccl_sum(Communicator&, double) {
  fail("no NCCL: {}", why_no_nccl());
}

}  // namespace cance::comm
