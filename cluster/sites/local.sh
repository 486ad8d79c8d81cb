# shellcheck shell=bash
# A Slurm of several pretend nodes on one machine, such as tests/slurm/mini_slurm.sh makes.
# Last tested: 2026-11-24, Debian 12, Slurm 22.05.8, Open MPI 4.1.4.
# shellcheck disable=SC2034 # submit.sh reads the variables
time=30
site_setup() {
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_NUM_THREADS=1
  export OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo OMPI_MCA_hwloc_base_binding_policy=none
  export OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_mpi_yield_when_idle=1
}
