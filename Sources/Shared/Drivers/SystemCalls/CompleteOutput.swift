internal import Glibc

/// Writing all of something, for programs whose output is their result.
package enum CompleteOutput {
    /// Writes `text` to `fd` and waits for whoever reads it. What cannot be written, because nobody reads any more, is
    /// left: the program has nowhere else to say so.
    package static func write(_ text: String, to fd: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(fd, $0.baseAddress, $0.count) }
            guard written > 0 else {
                if written < 0, errno == EINTR { continue }
                return
            }
            rest = rest.dropFirst(written)
        }
    }
}
