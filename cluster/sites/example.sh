# shellcheck shell=bash
# A cluster as an example: copy it to sites/NAME.sh, say what yours needs, and give it to submit.sh with --site.
# Last tested: never, the names are made up.
# shellcheck disable=SC2034 # submit.sh reads the variables

# Any option of submit.sh by its name with underscores; the command line holds over it.
partition=gpu
account=proj1234
time=12:00:00
gpus_per_node=4
# launcher=mpirun                  # where srun's PMIx does not fit the program's MPI (srun --mpi=list shows what there is)
# launcher_arguments=(--mpi=pmix_v4)   # for srun or mpirun; srun gets --mpi=pmix without it

# Lines of the batch script, as after '#SBATCH '.
sbatch_arguments=(--cpus-per-task=8 --mem=0)
# The same for the collecting job, which needs neither a GPU nor much memory.
collect_arguments=(--partition=cpu --mem=4G)

# Runs in every job before the ranks start, and once where the grid is submitted. Set -e does not hold in it.
site_setup() {
  module load gcc/12 openmpi/4.1 hdf5/1.10
  export OMP_NUM_THREADS=1
  # The fast network, where the libraries choose another (ip -br address shows the names).
  export NCCL_SOCKET_IFNAME=ib0 OMPI_MCA_btl_tcp_if_include=ib0 OMPI_MCA_oob_tcp_if_include=ib0
  # Where opening files fails on a parallel file system. No file has two writers.
  export HDF5_USE_FILE_LOCKING=FALSE
}
