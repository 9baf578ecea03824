/* Prints a value with its unit. */
void gauge_print(double value);
