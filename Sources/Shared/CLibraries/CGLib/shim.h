/* Only the compiler's search paths are wanted of it. */
