vowels <- function(text) .Call("count_vowels", as.character(text), PACKAGE = "counted")
