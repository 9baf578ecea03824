share <- file.path(Sys.getenv("PREFIX"), "share", "hello")
dir.create(share, recursive = TRUE)
writeLines("hello from R", file.path(share, "rscript.txt"))
