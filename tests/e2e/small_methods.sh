# shellcheck shell=bash
# shellcheck disable=SC2034  # used by the scripts that source this file
# Methods of the runs that small_runs.sh trains. Sourced.

# The comparison methods that can score new rows.
comparison_methods=knn,lof,iforest,ecod,copod,loda,mahalanobis,kde,ocsvm,deep_svdd,deep_sad,drocc,dagmm,dagmm_1,dagmm_cance,dpad
image_methods=$comparison_methods,vae,lsa,pixelcnn
table_methods=$comparison_methods,goad
# Those with a net of their own for images; of the others an image is a row like any other.
image_net_methods=deep_svdd,deep_sad,drocc,dpad,vae,lsa,pixelcnn
