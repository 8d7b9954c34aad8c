package import EventLoop
internal import Glibc

/// Small files written whole: a reader sees the old contents or the new, also after a crash.
///
/// These calls block; use them at start or in tools.
package enum FileWriting {
    /// Replaces the file at `path`, which gets the permissions `mode`.
    package static func write(_ text: String, to path: String, mode: UInt32) throws(SystemError) {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// Replaces the file at `path`, which gets the permissions `mode`.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32) throws(SystemError) {
        let temporary = "\(path).new"
        let fd = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard fd >= 0 else { throw .last("create \(temporary)") }
        defer { close(fd) }
        // The mode of `open` is cut by the umask, and ignored for a file left over from a crash.
        guard fchmod(fd, mode) == 0 else { throw .last("set permissions of \(temporary)") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(fd, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw .last("write \(temporary)")
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(fd) == 0 else { throw .last("store \(temporary)") }
        guard unsafe rename(temporary, path) == 0 else { throw .last("rename \(temporary)") }
    }
}
