# The published implementation of ESRI (package GLcascade with its C++ core fastcascade) on a table of flows.
# Rscript reference.R flows.csv firms.csv essentiality.csv closed.csv: a line `seconds S`, then the index of each firm closed.
library(fastcascade)
library(GLcascade)

arguments <- commandArgs(trailingOnly = TRUE)
flows <- read.csv(arguments[1])
firms <- read.csv(arguments[2])
essentiality <- as.matrix(read.csv(arguments[3], header = FALSE))
closed <- read.csv(arguments[4], header = FALSE)[, 1] + 1

n <- nrow(firms)
sector <- as.character(firms$sector)
labels <- as.character(seq_len(nrow(essentiality)) - 1)
dimnames(essentiality) <- list(labels, labels)
used <- sort(unique(sector))
W <- Matrix::sparseMatrix(i = flows$supplier + 1, j = flows$customer + 1, x = flows$value, dims = c(n, n))
psi <- Matrix::Diagonal(n = n)[, closed, drop = FALSE]

begin <- proc.time()[["elapsed"]]
# The package prints what it does ("Job ..."), which is not a result.
printed <- capture.output(found <- GL_cascade(
  W = W, p = sector, p_market = sector, p_sec_impacts = FALSE, ess_mat_sec = essentiality[used, used], h_weights = FALSE,
  sec_aggr_weights = FALSE, psi_mat = psi, revenue = FALSE, costs = FALSE, track_h = FALSE, track_sector_impacts = FALSE,
  track_conv = TRUE, conv_type = 1, eps = 10^-2, use_rcpp = TRUE, ncores = 0, run_id = "benchmark", load_balance = FALSE
))
cat("\nseconds", proc.time()[["elapsed"]] - begin, "\n")
cat(found$ESRI[, 1], sep = "\n")
