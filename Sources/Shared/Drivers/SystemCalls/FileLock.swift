internal import CLinux
package import EventLoop
internal import Glibc

/// A lock that a process holds on a file as long as it lives; the file says which process it is.
package final class FileLock: Sendable {
    private let fd: Int32

    private init(fd: Int32) { self.fd = fd }

    deinit { close(fd) }

    /// Takes the lock of the file at `path`; `nil` when another process has it.
    package static func take(_ path: String) throws(SystemError) -> FileLock? {
        let fd = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard fd >= 0 else { throw .last("open \(path)") }
        guard cl_lock_file(fd) == 0 else {
            let failure = SystemError.last("lock \(path)")
            close(fd)
            guard failure.code == EWOULDBLOCK else { throw failure }
            return nil
        }
        let lock = FileLock(fd: fd)
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(fd, 0) == 0, unsafe write(fd, text, text.count) == text.count else {
            throw .last("write \(path)")
        }
        return lock
    }

    /// The process that has the lock of the file at `path`, `nil` when none has.
    package static func holder(_ path: String) -> Int32? {
        let fd = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard fd >= 0 else { return nil }
        defer { close(fd) }
        // Whoever holds the lock is alive; the number alone may belong to another process by now.
        guard cl_lock_file(fd) != 0 else { return nil }
        var text = [UInt8](repeating: 0, count: 32)
        let count = unsafe read(fd, &text, text.count)
        return Int32(String(decoding: text.prefix(max(0, count)).filter { $0 > 0x20 }, as: UTF8.self))
    }
}
