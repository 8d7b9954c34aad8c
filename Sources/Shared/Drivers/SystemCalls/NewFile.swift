internal import CLinux
package import EventLoop
internal import Glibc
internal import Synchronization

/// A file that is being written, piece by piece, under a name that nobody looks for. It gets its own name when it is whole
/// and safely on the disk; let go of before, it is removed.
///
/// While its writer lives it holds a lock on it, so that others can tell it from what a writer left behind that was killed.
/// These calls block.
package final class NewFile: Sendable {
    private let path: String
    /// Negative once it is closed.
    private let descriptor: Mutex<Int32>

    /// Begins the file at `path`, where there must be none.
    package init(_ path: String, mode: UInt32) throws(SystemError) {
        self.path = path
        let fd = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard fd >= 0 else { throw .last("create \(path)") }
        descriptor = Mutex(fd)
        // File systems without locks are not refused: there, only the age tells what was left behind.
        _ = cl_lock_file(fd)
    }

    deinit { discard() }

    /// Appends `bytes`.
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

    /// Gives it its name, in place of what had it. When this returns, it is there also after a power cut.
    package func finish(as name: String) throws(SystemError) {
        let failure: SystemError? = descriptor.withLock { fd in
            guard fsync(fd) == 0 else { return .last("store \(path)") }
            guard unsafe rename(path, name) == 0 else { return .last("rename \(path)") }
            close(fd)
            fd = -1
            return nil
        }
        if let failure { throw failure }
        try Folders.store(Folders.parent(of: name))
    }

    /// Removes it, unless it is finished.
    package func discard() {
        descriptor.withLock { fd in
            guard fd >= 0 else { return }
            unsafe unlink(path)
            close(fd)
            fd = -1
        }
    }

    /// Whether nobody writes the file at `path` any more.
    package static func isAbandoned(_ path: String) -> Bool {
        let fd = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard fd >= 0 else { return false }
        defer { close(fd) }
        return cl_lock_file(fd) == 0
    }
}
