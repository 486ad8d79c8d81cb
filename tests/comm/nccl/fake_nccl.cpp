#include "tests/comm/nccl/fake_nccl.hpp"

struct ncclComm {};

namespace cance::tests {

FakeNccl& fake_nccl() {
  static FakeNccl fake;
  return fake;
}

}  // namespace cance::tests

using cance::tests::fake_nccl;

extern "C" {

ncclResult_t ncclGetUniqueId(ncclUniqueId* id) {
  *id = {};
  return ncclSuccess;
}
ncclResult_t ncclCommInitRankConfig(ncclComm_t* comm, int, ncclUniqueId, int,
                                    ncclConfig_t* config) {
  static ncclComm communicator;
  *comm = &communicator;
  fake_nccl().blocking = config->blocking;
  return fake_nccl().state;
}
ncclResult_t ncclAllReduce(const void*, void*, size_t, ncclDataType_t, ncclRedOp_t, ncclComm_t,
                           cudaStream_t) {
  ++fake_nccl().sums;
  return fake_nccl().state;
}
ncclResult_t ncclCommGetAsyncError(ncclComm_t, ncclResult_t* state) {
  *state = fake_nccl().state;
  return ncclSuccess;
}
ncclResult_t ncclCommAbort(ncclComm_t) {
  ++fake_nccl().aborts;
  return ncclSuccess;
}
ncclResult_t ncclCommFinalize(ncclComm_t) { return fake_nccl().state; }
ncclResult_t ncclCommDestroy(ncclComm_t) {
  ++fake_nccl().destroys;
  return ncclSuccess;
}
const char* ncclGetErrorString(ncclResult_t) { return "remote process exited"; }
const char* ncclGetLastError(ncclComm_t) { return nullptr; }

}  // extern "C"
