import SystemCalls

/// Writes to standard output, or another descriptor.
func say(_ text: String, to fd: Int32 = 1) { CompleteOutput.write(text, to: fd) }
