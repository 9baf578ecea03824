# What people expect of an R that lies in a prefix.
prefix <- normalizePath(Sys.getenv("PREFIX"))
inside <- function(paths) startsWith(normalizePath(paths), paste0(prefix, "/"))
stopifnot(
  identical(R.home(), file.path(prefix, "lib/R")),
  inside(c(R.home("include"), R.home("share"), R.home("doc"), .Library)),
  length(.Library.site) == 0,
  identical(Sys.getenv("RHOME"), "")
)
for (name in setdiff(rownames(installed.packages(.Library)), "translations")) library(name, character.only = TRUE)

# Regular expressions, languages, linear algebra, compression, and a drawing.
stopifnot(
  identical(sub("(?<=a)b", "x", "ab", perl = TRUE), "ax"),
  extSoftVersion()[["PCRE"]] >= "10.42", nzchar(extSoftVersion()[["ICU"]]),
  capabilities("libcurl"), inside(extSoftVersion()[["BLAS"]]), inside(La_library()),
  all.equal(solve(matrix(c(2, 1, 1, 3), 2)) %*% matrix(c(2, 1, 1, 3), 2), diag(2)),
  identical(memDecompress(memCompress(charToRaw("again"), "xz"), "xz", asChar = TRUE), "again"),
  all.equal(unname(coef(lm(dist ~ speed, cars))), c(-17.579, 3.932), tolerance = 1e-3)
)
pdf("drawing.pdf")
plot(cars)
invisible(dev.off())
stopifnot(file.size("drawing.pdf") > 1000)

loaded <- unique(sub("^[^/]*", "", grep("\\.so", readLines("/proc/self/maps"), value = TRUE)))
machine <- "/(libc|libm|libdl|libpthread|librt|libresolv|libnss_[a-z]+|ld-linux-x86-64)\\.so"
foreign <- loaded[!startsWith(loaded, paste0(prefix, "/")) & !grepl(machine, loaded)]
if (length(foreign) > 0) stop("loaded from elsewhere: ", toString(foreign))
cat(R.version.string, "\n")
