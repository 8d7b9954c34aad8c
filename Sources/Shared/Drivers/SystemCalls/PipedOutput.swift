package import EventLoop
internal import Glibc

/// Standard output as a place for data: unlike with words for people, what cannot be written is an error.
package enum PipedOutput {
    /// Writes `bytes` and waits for whoever reads them.
    package static func write(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(1, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw .last("write to standard output")
            }
            rest = rest.dropFirst(count)
        }
    }
}
