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
                if errno == EAGAIN {
                    // Whoever started the program may have made it so that a full pipe does not wait.
                    var place = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
                    guard unsafe poll(&place, 1, -1) >= 0 || errno == EINTR else {
                        throw .last("write to standard output")
                    }
                    continue
                }
                throw .last("write to standard output")
            }
            rest = rest.dropFirst(count)
        }
    }
}
