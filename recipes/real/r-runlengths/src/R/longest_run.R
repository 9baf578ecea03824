longest_run <- function(values) .Call(C_longest_run, as.double(values))
