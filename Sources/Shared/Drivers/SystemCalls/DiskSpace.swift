package import EventLoop
internal import Glibc

/// How much room the file system of a path has.
package struct DiskSpace: Sendable, Hashable {
    /// What an unprivileged process may still write, in bytes.
    package let freeBytes: Int64
    /// Free and used together, without what is kept for the superuser.
    package let totalBytes: Int64

    package init(freeBytes: Int64, totalBytes: Int64) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
    }

    /// Looks at the file system. Blocks where it is a remote one that does not answer.
    package init(at path: String) throws(SystemError) {
        var facts = statvfs()
        guard unsafe statvfs(path, &facts) == 0 else { throw .last("look at the file system of \(path)") }
        let unit = Int64(facts.f_frsize)
        let used = (Int64(facts.f_blocks) - Int64(facts.f_bfree)) * unit
        freeBytes = Int64(facts.f_bavail) * unit
        totalBytes = used + freeBytes
    }
}
