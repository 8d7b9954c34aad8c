package import EventLoop
internal import Glibc
internal import Synchronization

/// A file that only grows: every piece that is appended stands in it whole, whoever else appends.
///
/// A write goes to the operating system's memory and does not wait for the disk, but for one that is very busy.
package final class AppendedFile: Sendable {
    private let path: String
    private let descriptor: Mutex<Int32>

    /// Opens the file at `path`, which is made when it is missing, readable for its group.
    package init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = Mutex(try Self.open(path))
    }

    deinit { _ = descriptor.withLock { close($0) } }

    /// Appends `bytes` with one system call as a rule.
    package func append(_ bytes: [UInt8]) throws(SystemError) {
        let failure: SystemError? = descriptor.withLock { fd in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(fd, $0.baseAddress, $0.count) }
                guard count >= 0 else {
                    if errno == EINTR { continue }
                    return .last("write \(path)")
                }
                rest = rest.dropFirst(count)
            }
            return nil
        }
        if let failure { throw failure }
    }

    /// Goes on in the file that now has the name, after the old one was moved away.
    package func reopen() throws(SystemError) {
        let fresh = try Self.open(path)
        let old = descriptor.withLock { fd in
            defer { fd = fresh }
            return fd
        }
        close(old)
    }

    private static func open(_ path: String) throws(SystemError) -> Int32 {
        let fd = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard fd >= 0 else { throw .last("open \(path)") }
        return fd
    }
}
